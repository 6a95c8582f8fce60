package people

import (
	"sync/atomic"

	"ph2cio/internal/parallel"
)

// judge learns what is known of each group.
func (s *settler) judge() error {
	s.traits = make([]traits, s.first[shardCount])
	s.seen = make(parallel.Bitset, len(s.traits)/64+1)
	err := s.eachNode(func(node uint32, f *fact, text []byte) error {
		t := f.traits()
		s.rememberAnonymous(node, text)
		if s.x.options.Existing.hasID(text) {
			t |= isThere
		}
		if f.seen() {
			atomic.OrUint64(&s.seen[node/64], 1<<(node%64))
		}
		root := &s.traits[s.groups.Find(node)]
		had := atomic.LoadUint32(root)
		if had|t != had {
			had = atomic.OrUint32(root, t)
		}
		if had&t&groupState != 0 && had&groupStates == 0 {
			atomic.OrUint32(root, groupStates)
		}
		return nil
	})
	s.judgeExported()
	return err
}

// rememberAnonymous keeps for later runs that an ID was the anonymous one of an $identify, if that was accepted now.
func (s *settler) rememberAnonymous(node uint32, text []byte) {
	shard, number := s.shardOf(node)
	if s.x.learnt == nil || !shard.anonymous.Has(uint64(number)) {
		return
	}
	f := newFact()
	f.marks = wasAnonymous
	var b [factSize]byte
	s.x.knowing.Lock()
	defer s.x.knowing.Unlock()
	s.x.learnt.Append([]byte{factEntry}, f.append(b[:0]), text)
}

// hear tells Options.Found who of those asked for is there.
func (s *settler) hear() error {
	if s.x.options.Found == nil {
		return nil
	}
	return s.eachNode(func(node uint32, f *fact, text []byte) error {
		if f.marks&asked != 0 && s.traits[s.groups.Find(node)]&groupSeen != 0 {
			s.x.options.Found(text)
		}
		return nil
	})
}

// judgeExported takes in what the persons export says of its persons. A group is deleted if all its persons there are.
func (s *settler) judgeExported() {
	if s.x.persons == nil {
		return
	}
	alive := map[uint32]bool{}
	for _, e := range s.x.persons.all {
		if e.node == 0 {
			continue
		}
		root := s.groups.Find(e.node - 1)
		alive[root] = alive[root] || !e.deleted
		if e.identified {
			s.traits[root] |= isIdentified
		}
		if e.properties {
			s.traits[root] |= groupStates
		}
	}
	for root, lives := range alive {
		if !lives {
			s.traits[root] |= isDeleted
		}
	}
}
