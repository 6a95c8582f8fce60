package people

import (
	"cmp"
	"slices"
	"sync"

	"ph2cio/internal/identity"
	"ph2cio/internal/spool"
)

// candidate is a group that may be sent.
type candidate struct {
	ref     uint64 // of its first row
	events  int64  // rows that are sent as an event if it is
	best    identity.Candidate
	name    textPlace   // the kept ID
	place   spool.Place // of its attributes, in its part
	updated int64       // unix microseconds of the newest row with attributes, noTime without
	root    uint32
	person  uint32 // its number, if it is sent
	sent    bool
	traits  traits
}

// may reports whether a group could be sent, or counts for another choice of people, as far as is known without its
// attributes.
func (s *settler) may(t traits) bool {
	if t&groupSeen == 0 || s.choice.barred(t) != Sent {
		return false
	}
	return s.choice.Who == All || t&(isIdentified|groupState) != 0
}

// gather makes the candidates.
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
			s.candidates = append(s.candidates, candidate{
				ref: neverSeen, best: identity.Nobody, root: uint32(root), traits: t, updated: noTime,
			})
			s.members[root] = uint32(len(s.candidates))
		}
	}
	return nil
}

// candidateOf returns the number of a node's candidate.
func (s *settler) candidateOf(node uint32) (number uint32, ok bool) {
	number = s.members[s.groups.Find(node)]
	return number - 1, number != 0
}

// stripes are locks for candidates.
type stripes [256]sync.Mutex

func (l *stripes) of(candidate uint32) *sync.Mutex { return &l[candidate%uint32(len(l))] }

// keepIDs chooses the ID of each candidate, and puts them in the order of their first rows.
func (s *settler) keepIDs() error {
	var locks stripes
	err := s.eachNode(func(node uint32, f *fact, text []byte) error {
		if number, ok := s.candidateOf(node); ok {
			lock := locks.of(number)
			lock.Lock()
			s.candidates[number].take(s.suits(f, text), f)
			lock.Unlock()
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(s.candidates, func(a, b candidate) int { return cmp.Compare(a.ref, b.ref) })
	for i := range s.candidates {
		s.members[s.candidates[i].root] = uint32(i) + 1
	}
	s.countVisitors()
	return s.nameAll()
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

// take takes in one ID.
func (c *candidate) take(suits identity.Candidate, f *fact) {
	if suits.Compare(c.best) < 0 {
		c.best = suits
	}
	c.ref = min(c.ref, f.ref)
	c.events += int64(f.events)
}

// nameAll finds the texts of the IDs that are kept: of those that are equally good the smallest.
func (s *settler) nameAll() error {
	var lock sync.Mutex
	named := make([]bool, len(s.candidates))
	return s.eachNode(func(node uint32, f *fact, text []byte) error {
		number, ok := s.candidateOf(node)
		if !ok {
			return nil
		}
		c := &s.candidates[number]
		if s.suits(f, text).Compare(c.best) != 0 {
			return nil
		}
		lock.Lock()
		defer lock.Unlock()
		if !named[number] || string(text) < string(s.names.bytes(c.name)) {
			named[number], c.name = true, s.names.add(text)
		}
		return nil
	})
}
