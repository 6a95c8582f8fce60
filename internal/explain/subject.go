package explain

import "ph2cio/internal/people"

// subject is the distinct ID that is explained, and the person behind it.
type subject struct {
	people  *people.Directory
	id      string
	person  *people.Person // nil if the person is not sent
	status  people.Status
	group   people.Group // all IDs of the person
	grouped bool         // group is known; else nothing is known but the ID's own rows
}

func newSubject(directory *people.Directory, id string) *subject {
	s := &subject{people: directory, id: id}
	s.person, s.status = directory.Lookup([]byte(id))
	s.group, s.grouped = directory.GroupOf([]byte(id))
	return s
}

// has reports whether an ID is one of the person's.
func (s *subject) has(id []byte) bool {
	if !s.grouped {
		return string(id) == s.id
	}
	group, known := s.people.GroupOf(id)
	return known && group == s.group
}

// keeps reports whether an ID is the one that the person keeps.
func (s *subject) keeps(id string) bool { return s.person != nil && s.person.DistinctID == id }

// profile returns the kept ID of the person, and what identifies the person in Customer.io; empty if the
// person is not sent.
func (s *subject) profile() (kept, by, value string) {
	if s.person == nil {
		return "", "", ""
	}
	return s.person.DistinctID, s.person.By.String(), s.person.Value
}

// lostEmail returns the email that the person is sent without, because somebody else has it; nil for none.
func (s *subject) lostEmail() *LostEmail {
	if s.person == nil {
		return nil
	}
	email, holder, lost := s.people.LostEmail(s.person)
	if !lost {
		return nil
	}
	return &LostEmail{email, holder}
}
