package people

import (
	"bytes"
	"cmp"
	"ph2cio/internal/fold"
	"slices"

	"ph2cio/internal/identity"
)

// emailID is a distinct ID that stands in for a person's email.
type emailID struct {
	first identity.Moment
	text  textPlace
	has   bool
}

// takeEmailIDs gives those who may be sent by email, but have no such property, the email that one of their
// distinct IDs is: rather the kept ID, else the earliest.
func (s *settler) takeEmailIDs() error {
	if !s.choice.byEmailID(groupEmail) {
		return nil
	}
	s.emailIDs = make([]emailID, len(s.candidates))
	var locks stripes
	err := s.eachNode(func(node uint32, f *fact, text []byte) error {
		number, ok := s.candidateOf(node)
		if !ok || f.marks&emailShaped == 0 || s.candidates[number].traits&(hasEmail|isExcluded) != 0 {
			return nil
		}
		lock := locks.of(number)
		lock.Lock()
		defer lock.Unlock()
		if last := &s.emailIDs[number]; !last.has || s.suitsAsEmail(number, f, text) {
			s.namesLock.Lock()
			*last = emailID{f.first, s.names.add(text), true}
			s.namesLock.Unlock()
		}
		return nil
	})
	for number := range s.emailIDs {
		if c := &s.candidates[number]; s.emailIDs[number].has {
			c.traits |= hasEmail | emailIsID
			email := s.emailOfID(uint32(number))
			_, there := s.x.options.Existing.byEmail(email)
			never := fold.Order{Order: identity.Order{At: noTime}, Stamp: noTime}
			s.emails.Add(claim{s.x.sum(FoldEmail(nil, email)), never, uint32(number), there})
		}
	}
	return err
}

// byEmailID reports whether a group may be sent by an email that is one of its IDs.
func (c *Choice) byEmailID(t traits) bool { return t&groupEmail != 0 && slices.Contains(c.By, ByEmail) }

// suitsAsEmail reports whether an ID stands in for its person's email rather than the one found before.
func (s *settler) suitsAsEmail(number uint32, f *fact, text []byte) bool {
	last, kept := &s.emailIDs[number], s.names.bytes(s.candidates[number].name)
	before := s.names.bytes(last.text)
	switch {
	case bytes.Equal(before, kept):
		return false
	case bytes.Equal(text, kept):
		return true
	}
	return cmp.Or(f.first.Compare(last.first), bytes.Compare(text, before)) < 0
}

// emailOfID returns the distinct ID that stands in for a candidate's email.
func (s *settler) emailOfID(number uint32) []byte {
	return bytes.TrimSpace(s.names.bytes(s.emailIDs[number].text))
}
