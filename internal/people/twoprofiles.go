package people

import (
	"cmp"
	"slices"

	"ph2cio/internal/spool"
)

// Held is a person who has several profiles, more than one of which is identified, and is not sent until it
// is known that they are to be one: a merge cannot be undone.
type Held struct {
	ID       string // one of theirs
	Profiles []HeldProfile
}

// HeldProfile is one of the profiles.
type HeldProfile struct {
	By    By // what it goes by
	Value string
	Email string // empty where none is known
	Sent  bool   // an earlier run has sent it
}

// MostHeld is how many people Settled.Held names.
const MostHeld = 10_000

// Held are the first MostHeld of those who are held, in the order of their IDs.
func (s *Settled) Held() []Held { return s.held[:min(len(s.held), MostHeld)] }

// HeldCount is how many there are.
func (s *Settled) HeldCount() int { return len(s.held) }

// HeldAs returns what is held of a person, by one of their IDs; false for somebody who is not. It needs
// Options.Trace.
func (s *Settled) HeldAs(distinctID []byte) (Held, bool) {
	group, known := s.GroupOf(distinctID)
	for _, h := range s.held {
		if other, ok := s.GroupOf([]byte(h.ID)); known && ok && other == group {
			return h, true
		}
	}
	return Held{}, false
}

// hold keeps somebody from being sent.
func (s *settler) hold(number uint32, profiles []standing, r *spool.Reader) {
	c := &s.candidates[number]
	held := Held{ID: s.names.text(c.name)}
	email, _ := s.carried(number, r)
	for i := range profiles {
		p := &profiles[i]
		one := HeldProfile{Sent: p.sent != 0}
		one.By, one.Value = s.nameOf(p)
		switch {
		case p.row != 0:
			one.Email = s.x.options.Existing.email(p.row - 1)
		case s.has(p, email):
			one.Email = email
		}
		held.Profiles = append(held.Profiles, one)
	}
	slices.SortFunc(held.Profiles, func(a, b HeldProfile) int {
		return cmp.Or(cmp.Compare(a.By, b.By), cmp.Compare(a.Value, b.Value))
	})
	c.traits |= isHeld
	delete(s.resolved, number)
	delete(s.taken, number)
	s.settled.held = append(s.settled.held, held)
}
