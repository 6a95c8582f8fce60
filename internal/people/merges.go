package people

import (
	"cmp"
	"iter"
	"slices"
)

// Link is a profile that is to be merged into a person's.
type Link struct {
	Person *Person
	By     By // the kind of identifier that the other profile has, and its value
	Value  string
}

// Links yields the profiles to merge, each once, in order of the people they are merged into. Empty with
// MergeNever.
func (s *Settled) Links() iter.Seq[Link] { return slices.Values(s.links) }

// LinkCount is how many there are.
func (s *Settled) LinkCount() int { return len(s.links) }

// merges lists the profiles to merge: those that resolve has found, and what MergeIdentify asks for. There
// must be somebody to merge them into: a merge into nobody is lost.
func (s *settler) merges() error {
	for number, r := range s.resolved {
		c := &s.candidates[number]
		if !c.sent {
			continue
		}
		p := &s.settled.persons[c.person]
		for _, one := range r.merges {
			if p.known || c.traits&getsProfile != 0 {
				s.settled.links = append(s.settled.links, Link{p, one.by, one.value})
			}
		}
	}
	err := s.mergeAsked()
	slices.SortFunc(s.settled.links, func(a, b Link) int { return a.compare(&b) })
	s.settled.links = slices.CompactFunc(s.settled.links, func(a, b Link) bool { return a.compare(&b) == 0 })
	s.resolved = nil
	return err
}

func (l *Link) compare(o *Link) int {
	return cmp.Or(cmp.Compare(l.Person.Number, o.Person.Number), cmp.Compare(l.By, o.By), cmp.Compare(l.Value, o.Value))
}

// mergeAsked adds the anonymous IDs of accepted $identify rows, whether there are profiles under them or not.
func (s *settler) mergeAsked() error {
	if s.choice.Merges != MergeIdentify {
		return nil
	}
	asked := make(map[uint32]bool, 2*len(s.links))
	for _, l := range s.links {
		asked[l[0]], asked[l[1]] = true, true
	}
	return s.eachNode(func(node uint32, f *fact, text []byte) error {
		number, ok := s.candidateOf(node)
		if !ok || !asked[node] || s.candidates[number].traits&getsProfile == 0 || !s.mayBeMerged(node, f, text) {
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

// mayBeMerged reports whether an ID is a visitor's, as far as is known, and has not been merged before.
func (s *settler) mayBeMerged(node uint32, f *fact, text []byte) bool {
	switch row, there := s.x.options.Existing.byID(text); {
	case !f.marks.machine() || f.marks.identified() || s.x.gone(ByID, string(text)):
		return false
	case there && s.x.identifiedRow(row, f.marks):
		return false
	}
	return f.marks&wasSent == 0 || !s.x.identifiedSent(&s.settled.sent[s.settled.sentAs(node)], f.marks)
}
