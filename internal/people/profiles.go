package people

import (
	"cmp"
	"slices"

	"ph2cio/internal/identity"
)

// candidateProfile is a profile that a candidate has: one of Options.Existing, one that an earlier run has sent, or
// both in one. Profiles that were merged into others are none.
type candidateProfile struct {
	candidate  uint32
	node       uint32    // the ID of the candidate that names it; noNode where only an attribute does
	row        uint32    // in Options.Existing, plus one; 0 for none
	sent       uint32    // place in sentTable, plus one; 0 for none
	text       textPlace // of the ID that names it
	namedByID  bool      // that ID is what the profile goes by
	identified bool      // else it is a visitor's, who may be merged into anybody
	rank       identity.Candidate
}

const noNode = ^uint32(0)

// profileNames tells what profiles go by.
type profileNames struct {
	existing *Existing
	sent     *sentTable
	people   *candidates
}

// same reports whether two standings are one profile.
func (s *profileNames) same(p, one *candidateProfile) bool {
	switch {
	case one.sent != 0 && p.sent != 0:
		a, aValue := s.nameOf(p)
		b, bValue := s.nameOf(one)
		return a == b && aValue == bValue
	case one.row == p.row:
		return true
	case p.sent == 0 || p.row != 0:
		return false
	}
	existing, row := s.existing, one.row-1
	switch by, value := s.nameOf(p); by {
	case ByEmail:
		return sameEmail(existing.email(row), value)
	case ByCioID:
		return existing.cioID(row) == value
	default:
		if id := existing.id(row); id != "" {
			return id == value
		}
		return s.sentOf(p).email == EmailSum(existing.email(row))
	}
}

func (s *profileNames) sentOf(p *candidateProfile) *sent { return &s.sent.all[p.sent-1] }

// nameOf is what a profile goes by when it is merged.
func (s *profileNames) nameOf(p *candidateProfile) (By, string) {
	if p.sent == 0 {
		return s.existing.name(p.row - 1)
	}
	if name := s.sentOf(p).name; name != nil {
		return name.by, name.value
	}
	return ByID, s.people.names.text(p.text)
}

// has reports whether a profile is known to have an email.
func (s *profileNames) has(p *candidateProfile, email string) bool {
	if email == "" {
		return false
	}
	by, value := s.nameOf(p)
	return by == ByEmail && sameEmail(value, email) ||
		p.row != 0 && sameEmail(s.existing.email(p.row-1), email) ||
		p.sent != 0 && s.sentOf(p).email == EmailSum(email)
}

// heldPerson is a person with an ID, an email and these profiles, who is not sent.
func (s *profileNames) heldPerson(id, email string, profiles []candidateProfile) HeldPerson {
	held := HeldPerson{ID: id}
	for i := range profiles {
		p := &profiles[i]
		one := HeldProfile{Sent: p.sent != 0}
		one.By, one.Value = s.nameOf(p)
		switch {
		case p.row != 0:
			one.Email = s.existing.email(p.row - 1)
		case s.has(p, email):
			one.Email = email
		}
		held.Profiles = append(held.Profiles, one)
	}
	slices.SortFunc(held.Profiles, func(a, b HeldProfile) int {
		return cmp.Or(cmp.Compare(a.By, b.By), cmp.Compare(a.Value, b.Value))
	})
	return held
}

// HeldPerson is a person who has several profiles, more than one of which is identified, and is not sent until it
// is known that they are to be one: a merge cannot be undone.
type HeldPerson struct {
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
