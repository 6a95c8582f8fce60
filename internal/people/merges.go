package people

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// Merge is a profile that is to be merged into a person's.
type Merge struct {
	Person *Person
	By     By // the kind of identifier of the other profile; Value is the identifier
	Value  string
}

// compare orders merges by the people they are merged into.
func (m *Merge) compare(o *Merge) int {
	return cmp.Or(cmp.Compare(m.Person.Number, o.Person.Number), cmp.Compare(m.By, o.By), cmp.Compare(m.Value, o.Value))
}

// merger lists the profiles to merge.
type merger struct {
	options *Options
	merges  MergePolicy
	people  *candidates
	nodes   *nodes
	sent    *sentTable
	persons []Person
	links   [][2]uint32 // nodes of accepted $identify rows, target and source; for MergeIdentify

	found []Merge
}

// list returns the profiles to merge, in the order of the people they are merged into: those that were
// resolved, and those of MergeIdentify. Profiles of a person who has no profile and gets none are left out,
// since the API drops a merge into nobody.
func (s *merger) list(ctx context.Context, profiles map[uint32]*resolved) ([]Merge, error) {
	for number, r := range profiles {
		c := &s.people.all[number]
		if !c.sent {
			continue
		}
		p := &s.persons[c.person]
		for _, one := range r.merges {
			if p.known || c.flags&getsIdentify != 0 {
				s.found = append(s.found, Merge{p, one.by, one.value})
			}
		}
	}
	err := s.mergeAnonymous(ctx)
	slices.SortFunc(s.found, func(a, b Merge) int { return a.compare(&b) })
	return slices.CompactFunc(s.found, func(a, b Merge) bool { return a.compare(&b) == 0 }), err
}

// mergeAnonymous adds the anonymous IDs of accepted $identify rows, whether Customer.io has profiles with
// them or not.
func (s *merger) mergeAnonymous(ctx context.Context) error {
	if s.merges != MergeIdentify {
		return nil
	}
	linked := make(map[uint32]bool, 2*len(s.links))
	for _, l := range s.links {
		linked[l[0]], linked[l[1]] = true, true
	}
	var lock sync.Mutex // of found
	return s.nodes.each(ctx, func(node uint32, f *idFacts, text []byte) error {
		number, ok := s.people.numberOf(node)
		if !ok || !linked[node] || s.people.all[number].flags&getsIdentify == 0 || !s.mayBeMerged(node, f, text) {
			return nil
		}
		person := &s.persons[s.people.all[number].person]
		if person.By == ByID && person.Value == string(text) {
			return nil
		}
		lock.Lock()
		defer lock.Unlock()
		s.found = append(s.found, Merge{person, ByID, string(text)})
		return nil
	})
}

// mayBeMerged reports whether an ID is a visitor's, as far as is known, and has not been merged before.
func (s *merger) mayBeMerged(node uint32, f *idFacts, text []byte) bool {
	switch row, there := s.options.Existing.byID(text); {
	case !f.flags.machine() || f.flags.identified() || s.options.wasMerged(ByID, string(text)):
		return false
	case there && s.options.identifiedRow(row, f.flags):
		return false
	}
	return f.flags&wasSent == 0 || !s.sent.all[s.sent.find(node)].identified(s.options, f.flags)
}
