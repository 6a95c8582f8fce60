package people

import (
	"cmp"
	"errors"
	"iter"
	"slices"

	"ph2cio/internal/spool"
)

// Link is a profile that is to be merged into a person's.
type Link struct {
	Person *Person
	By     By // the kind of identifier that the other profile has, and its value
	Value  string
}

// Links yields the profiles to merge, each once, in order of the people they are merged into. Empty with MergeNever.
func (s *Settled) Links() iter.Seq[Link] { return slices.Values(s.links) }

// LinkCount is how many there are.
func (s *Settled) LinkCount() int { return len(s.links) }

// merges finds the profiles to merge.
func (s *settler) merges() error {
	err := errors.Join(s.mergeSecondaries(), s.mergeSent())
	s.mergeEmails()
	slices.SortFunc(s.settled.links, func(a, b Link) int { return a.compare(&b) })
	s.settled.links = slices.CompactFunc(s.settled.links, func(a, b Link) bool { return a.compare(&b) == 0 })
	return err
}

func (l *Link) compare(o *Link) int {
	return cmp.Or(cmp.Compare(l.Person.Number, o.Person.Number), cmp.Compare(l.By, o.By), cmp.Compare(l.Value, o.Value))
}

func (s *settler) mergeSecondaries() error {
	wanted, err := s.secondaries()
	if err != nil || wanted == nil {
		return err
	}
	return s.eachNode(func(node uint32, _ *fact, text []byte) error {
		number, ok := s.candidateOf(node)
		if !ok || s.candidates[number].traits&getsProfile == 0 || !wanted(node, text) {
			return nil
		}
		person := &s.settled.persons[s.candidates[number].person]
		if person.By == ByID && person.Value == string(text) {
			return nil
		}
		s.linksLock.Lock()
		defer s.linksLock.Unlock()
		s.settled.links = append(s.settled.links, Link{person, ByID, string(text)})
		return nil
	})
}

// secondaries says which IDs are to be merged into their person's profile, if that goes by another ID.
func (s *settler) secondaries() (func(node uint32, text []byte) bool, error) {
	switch s.choice.Merges {
	case MergeNeeded:
		if s.x.options.Existing == nil {
			return nil, nil
		}
		return s.isDouble, nil
	case MergeIdentify:
		asked := make(map[uint32]bool, 2*len(s.links))
		for _, l := range s.links {
			asked[l[0]], asked[l[1]] = true, true
		}
		return func(node uint32, _ []byte) bool { return asked[node] }, nil
	}
	return nil, nil
}

// isDouble reports whether an ID has a profile beside that of its person. Of a person who goes by email the profile with
// that email may be the ID's own; of one who goes by cio_id nobody knows which ID the profile has.
func (s *settler) isDouble(node uint32, text []byte) bool {
	existing := s.x.options.Existing
	number, _ := s.candidateOf(node)
	p := &s.settled.persons[s.candidates[number].person]
	if !p.known || p.By == ByCioID || !existing.hasID(text) {
		return false
	}
	if p.By == ByEmail {
		id, hasID, _ := existing.byEmail([]byte(p.Value))
		return hasID && id != string(text)
	}
	return true
}

// mergeEmails adds the profiles that have just the email of a person whose ID has another profile.
func (s *settler) mergeEmails() {
	if s.choice.Merges != MergeNeeded || s.x.options.Existing == nil {
		return
	}
	r := readers.Get().(*spool.Reader)
	defer readers.Put(r)
	for i := range s.settled.yielded {
		p := &s.settled.persons[i]
		if !p.known || p.By != ByID || p.withoutEmail {
			continue
		}
		email, _ := s.settled.identifiers(p, r)
		if _, hasID, found := s.x.options.Existing.byEmail([]byte(email)); found && !hasID {
			s.settled.links = append(s.settled.links, Link{p, ByEmail, email})
		}
	}
}
