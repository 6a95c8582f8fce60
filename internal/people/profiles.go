package people

import (
	"cmp"
	"slices"

	"ph2cio/internal/identity"
)

// candidateProfile is a profile in Customer.io that a candidate has: one of Options.Existing, one that an
// earlier run has sent, or both in one. A profile that was merged into another one is none.
type candidateProfile struct {
	candidate  uint32
	node       uint32    // the candidate's ID that leads to it; noNode if only an attribute does
	row        uint32    // place in Options.Existing, plus one; 0 for none
	sent       uint32    // place in sentTable, plus one; 0 for none
	text       textPlace // of the ID that leads to it
	namedByID  bool      // that ID is the id of the profile
	identified bool      // it is somebody's; else it is a visitor's, and may be merged into any other
	rank       identity.Candidate
}

// noNode is the node of no ID.
const noNode = ^uint32(0)

// profileNames finds the identifiers of profiles.
type profileNames struct {
	existing *Existing
	sent     *sentTable
	people   *candidates
}

// same reports whether two candidateProfiles are the same profile.
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

// sentOf returns the person whom an earlier run has sent with a profile.
func (s *profileNames) sentOf(p *candidateProfile) *sent { return &s.sent.all[p.sent-1] }

// nameOf returns the identifier by which a profile is merged.
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

// heldPerson returns the person with an ID, an email and these profiles as one who is held.
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

// HeldPerson is a person who is held, and not sent: they have several profiles in Customer.io of which more
// than one is identified. Since a merge cannot be undone, somebody must say first that these are one person.
type HeldPerson struct {
	ID       string // one of the person's
	Profiles []HeldProfile
}

// HeldProfile is one of the profiles of a person who is held.
type HeldProfile struct {
	By    By // the kind of its identifier
	Value string
	Email string // empty if none is known
	Sent  bool   // an earlier run has sent it
}
