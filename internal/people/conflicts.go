package people

import (
	"cmp"
	"iter"
	"slices"

	"ph2cio/internal/spool"
)

// EmailConflict is a person who is sent without an email, because another one has it.
type EmailConflict struct {
	Person *Person
	Holder string // an ID of the one who has it; if that one is not among the people now, what they were sent under

	emailID string // the email, where it is a distinct ID of theirs
}

// EmailConflicts yields those who get an identify without their email, in the order of People.
func (s *Settled) EmailConflicts() iter.Seq[EmailConflict] {
	return func(yield func(EmailConflict) bool) {
		for _, c := range s.conflicts {
			if !s.GetsIdentify(c.Person) || !yield(c) {
				return
			}
		}
	}
}

// LostEmail returns the email that a person goes without, and an ID of the one who has it; false for a person who keeps
// theirs.
func (s *Settled) LostEmail(p *Person) (email, holder string, lost bool) {
	i, lost := slices.BinarySearchFunc(s.conflicts, p.Number, func(c EmailConflict, number uint32) int {
		return cmp.Compare(c.Person.Number, number)
	})
	if !lost {
		return "", "", false
	}
	if email = s.conflicts[i].emailID; email == "" {
		r := readers.Get().(*spool.Reader)
		defer readers.Put(r)
		email, _ = s.identifiers(p, r)
	}
	return email, s.conflicts[i].Holder, true
}

// noteLosers remembers who has the email of those who lost it.
func (s *settler) noteLosers(claims []claim, winner uint32) {
	for _, c := range claims {
		if c.candidate != winner && s.candidates[c.candidate].traits&lostEmail != 0 {
			s.losers = append(s.losers, loser{candidate: c.candidate, holder: winner})
		}
	}
}

// loser is a candidate who goes without an email, and the one who has it.
type loser struct {
	candidate, holder uint32
	sentAs            string // what the holder was sent under, where there may be no such candidate
}

// nameHolders tells who has the emails of those who are sent without, once everybody has a number.
func (s *settler) nameHolders() {
	all := s.settled.persons
	for _, l := range s.losers {
		if c := &s.candidates[l.candidate]; c.sent {
			conflict := EmailConflict{Person: &all[c.person], Holder: s.nameHolder(&l)}
			if c.traits&emailIsID != 0 {
				conflict.emailID = string(s.emailOfID(l.candidate))
			}
			s.settled.conflicts = append(s.settled.conflicts, conflict)
		}
	}
	for number, holder := range s.holders {
		s.settled.conflicts = append(s.settled.conflicts, EmailConflict{Person: &all[number], Holder: holder})
	}
	s.losers, s.holders, s.held = nil, nil, nil
	slices.SortFunc(s.settled.conflicts, func(a, b EmailConflict) int { return cmp.Compare(a.Person.Number, b.Person.Number) })
}

func (s *settler) nameHolder(l *loser) string {
	switch {
	case l.holder == nobody:
	case s.candidates[l.holder].sent:
		return s.settled.persons[s.candidates[l.holder].person].DistinctID
	case l.sentAs == "":
		return s.names.text(s.candidates[l.holder].name) // who is held
	}
	return l.sentAs
}
