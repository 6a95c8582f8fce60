package people

import (
	"bytes"
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
// attributes. Where emails are asked for, everybody's must be found first.
func (s *settler) may(t traits) bool {
	if t&groupSeen == 0 || t&groupFit == 0 || s.choice.Asked == nil && s.choice.barred(t) != Sent {
		return false
	}
	return s.choice.Who == All || t&(isIdentified|groupState|isSent) != 0 || s.choice.byEmailID(t)
}

// gather makes the candidates, and is done with the other groups.
func (s *settler) gather() error {
	many := 0
	for _, t := range s.traits {
		if s.may(t) {
			many++
		}
	}
	s.candidates = make([]candidate, 0, many) // which must not grow: there may be millions
	for root, t := range s.traits {
		if s.may(t) {
			s.candidates = append(s.candidates, candidate{ref: neverSeen, root: uint32(root), traits: t, updated: noTime})
		} else {
			s.tally(t, t&isThere != 0)
		}
	}
	s.countVisitors()
	s.leaveGroups()
	return nil
}

// leaveGroups notes with each node what its group has become, in memory that was there before: there may be many millions.
func (s *settler) leaveGroups() {
	next := 0
	for root, t := range s.traits {
		barred := s.choice.barred(t)
		s.settled.leavesSent = s.settled.leavesSent || t&(isSent|groupSeen) == isSent|groupSeen && !s.may(t)
		switch {
		case s.may(t):
			s.traits[root] = memberOf(next)
			next++
		case barred != Sent:
			s.traits[root] = uint32(barred)
		case t&(groupSeen|groupFit) == groupSeen:
			s.traits[root] = uint32(AllRejected)
		default:
			s.traits[root] = uint32(s.choice.Who.leaves())
		}
	}
	if s.x.options.Trace != nil {
		s.settled.groups = s.groups.Clone()
	}
	all := s.groups.Replace(func(root uint32) uint32 { return s.traits[root] })
	s.traits = nil
	s.members = slices.Clone(all[:s.first[shardCount]]) // without the nodes of person_ids
}

// memberOf is what settler.members has for a candidate.
func memberOf(candidate int) uint32 { return uint32(candidate) + uint32(statuses) }

// candidateOf returns the number of a node's candidate.
func (s *settler) candidateOf(node uint32) (number uint32, ok bool) {
	number = s.members[node]
	return number - uint32(statuses), number >= uint32(statuses)
}

// candidateAt returns the candidate with this root, as long as they are in the order of their roots; nil if it is none.
func (s *settler) candidateAt(root uint32) *candidate {
	i, found := slices.BinarySearchFunc(s.candidates, root, func(c candidate, root uint32) int { return cmp.Compare(c.root, root) })
	if !found {
		return nil
	}
	return &s.candidates[i]
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
	s.sortCandidates()
	return nil
}

// sortCandidates puts the candidates in the order of their first rows.
func (s *settler) sortCandidates() {
	for i := range s.candidates {
		s.candidates[i].person = uint32(i) // its number, until it has become a person
	}
	slices.SortFunc(s.candidates, func(a, b candidate) int {
		// A row of an earlier run may have the number of one of this run. A run that goes on must find everybody in the same order.
		return cmp.Or(cmp.Compare(a.ref, b.ref), bytes.Compare(s.names.bytes(a.name), s.names.bytes(b.name)))
	})
	now := make([]uint32, len(s.candidates))
	for i := range s.candidates {
		now[s.candidates[i].person] = uint32(i)
	}
	for node := range s.members {
		if number, ok := s.candidateOf(uint32(node)); ok {
			s.members[node] = memberOf(int(now[number]))
		}
	}
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
			c, suits := &s.candidates[number], s.suits(node, f, text)
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
func (s *settler) suits(node uint32, f *fact, text []byte) identity.Candidate {
	c := identity.Candidate{Rank: f.marks.rank(), Source: s.sources[node], First: f.first}
	if f.marks&wasSent != 0 {
		one := &s.settled.sent[s.settled.sentAs(node)]
		if one.gone {
			c.Rank += identity.MergedAway
			return c
		}
		c.Rank, c.First = identity.SentAnonymous, momentBefore(one.turn)
		row, there := s.x.options.Existing.byID(text)
		if s.x.identifiedSent(one, f.marks) || there && s.x.identifiedRow(row, f.marks) {
			c.Rank = identity.Sent
		}
		return c
	}
	if s.x.options.Merged != nil && s.x.gone(ByID, string(text)) {
		c.Rank += identity.MergedAway
		return c
	}
	if row, found := s.x.options.Existing.byID(text); found {
		c.Rank = s.x.existingRank(row, f.marks)
	}
	return c
}

// existingRank is how good an ID is to keep under which a profile is there already.
func (x *Index) existingRank(row uint32, m marks) identity.Rank {
	rank := identity.ExistingAnonymous
	switch {
	case m&userShaped != 0:
		rank = identity.ChosenExisting
	case x.identifiedRow(row, m):
		rank = identity.Existing
	}
	if m&tooLong != 0 {
		rank += identity.TooLong
	}
	return rank
}

// nameAll finds the texts of the IDs that are kept: of those that are equally good the smallest. bests are those of the
// candidates from one on.
func (s *settler) nameAll(from int, bests []identity.Candidate) error {
	var lock sync.Mutex
	named := make([]bool, len(bests))
	return s.eachNode(func(node uint32, f *fact, text []byte) error {
		number, ok := s.candidateOf(node)
		i := int(number) - from
		if !ok || i < 0 || i >= len(bests) || s.suits(node, f, text).Compare(bests[i]) != 0 {
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
