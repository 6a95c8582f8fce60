package people

import (
	"cmp"
	"slices"
	"sync"
	"unsafe"

	"ph2cio/internal/identity"
	"ph2cio/internal/spool"
)

// candidate is a group that may be sent.
type candidate struct {
	ref     uint64      // of its first row
	events  int64       // rows that are sent as an event if it is
	name    textPlace   // the kept ID
	place   spool.Place // of its attributes, in its part
	updated int64       // unix microseconds of the newest row with attributes, noTime without
	root    uint32
	person  uint32 // its number, if it is sent
	traits  traits
	rank    identity.Rank // of the kept ID
	sent    bool
}

// may reports whether a group could be sent, or counts for another choice of people, as far as is known without its
// attributes.
func (s *settler) may(t traits) bool {
	if t&groupSeen == 0 || s.choice.barred(t) != Sent {
		return false
	}
	return s.choice.Who == All || t&(isIdentified|groupState) != 0
}

// gather makes the candidates, and is done with the other groups.
func (s *settler) gather() error {
	s.members = make([]uint32, len(s.traits))
	many := 0
	for _, t := range s.traits {
		if s.may(t) {
			many++
		}
	}
	s.candidates = make([]candidate, 0, many) // which must not grow: there may be millions
	for root, t := range s.traits {
		if s.may(t) {
			s.members[root] = memberOf(len(s.candidates))
			s.candidates = append(s.candidates, candidate{ref: neverSeen, root: uint32(root), traits: t, updated: noTime})
			continue
		}
		s.tally(t, t&isThere != 0)
		s.members[root] = uint32(s.choice.Who.leaves())
		if barred := s.choice.barred(t); barred != Sent {
			s.members[root] = uint32(barred)
		}
	}
	s.countVisitors()
	s.traits = nil
	return nil
}

// memberOf is what settler.members has for a candidate.
func memberOf(candidate int) uint32 { return uint32(candidate) + uint32(statuses) }

// candidateOf returns the number of a node's candidate.
func (s *settler) candidateOf(node uint32) (number uint32, ok bool) {
	number = s.members[s.groups.Find(node)]
	return number - uint32(statuses), number >= uint32(statuses)
}

// stripes are locks for candidates.
type stripes [256]sync.Mutex

func (l *stripes) of(candidate uint32) *sync.Mutex { return &l[candidate%uint32(len(l))] }

// keepIDs chooses the ID of each candidate, and puts them in the order of their first rows. Each round of choosing is two
// passes over all IDs, and takes a fortieth of the memory.
func (s *settler) keepIDs() error {
	atOnce := int(max(16, cmp.Or(s.x.options.Memory, defaultMemory)/(40*int64(unsafe.Sizeof(identity.Nobody)))))
	for from := 0; from < len(s.candidates); from += atOnce {
		if err := s.keepIDsOf(from, min(atOnce, len(s.candidates)-from)); err != nil {
			return err
		}
	}
	slices.SortFunc(s.candidates, func(a, b candidate) int { return cmp.Compare(a.ref, b.ref) })
	for i := range s.candidates {
		s.members[s.candidates[i].root] = memberOf(i)
	}
	return nil
}

// keepIDsOf chooses the IDs of so many candidates.
func (s *settler) keepIDsOf(from, many int) error {
	var locks stripes
	bests := make([]identity.Candidate, many)
	for i := range bests {
		bests[i] = identity.Nobody
	}
	err := s.eachNode(func(node uint32, f *fact, text []byte) error {
		number, ok := s.candidateOf(node)
		if i := int(number) - from; ok && i >= 0 && i < many {
			lock := locks.of(number)
			lock.Lock()
			c, suits := &s.candidates[number], s.suits(f, text)
			if suits.Compare(bests[i]) < 0 {
				bests[i], c.rank = suits, suits.Rank
			}
			c.ref = min(c.ref, f.ref)
			c.events += int64(f.events)
			lock.Unlock()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.nameAll(from, bests)
}

// suits says how good an ID is to keep.
func (s *settler) suits(f *fact, text []byte) identity.Candidate {
	c := identity.Candidate{Rank: f.marks.rank(), First: f.first}
	if s.x.options.Existing.hasID(text) {
		c.Rank = identity.Existing
		if f.marks&tooLong != 0 {
			c.Rank += identity.TooLong
		}
	}
	return c
}

// nameAll finds the texts of the IDs that are kept: of those that are equally good the smallest. bests are those of the
// candidates from one on.
func (s *settler) nameAll(from int, bests []identity.Candidate) error {
	var lock sync.Mutex
	named := make([]bool, len(bests))
	return s.eachNode(func(node uint32, f *fact, text []byte) error {
		number, ok := s.candidateOf(node)
		i := int(number) - from
		if !ok || i < 0 || i >= len(bests) || s.suits(f, text).Compare(bests[i]) != 0 {
			return nil
		}
		lock.Lock()
		defer lock.Unlock()
		if c := &s.candidates[number]; !named[i] || string(text) < string(s.names.bytes(c.name)) {
			named[i], c.name = true, s.names.add(text)
		}
		return nil
	})
}
