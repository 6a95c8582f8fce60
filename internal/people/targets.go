package people

import (
	"slices"

	"ph2cio/internal/identity"
	"ph2cio/internal/parallel"
	"ph2cio/internal/spool"
)

// directed is a link of which the target counts: an $identify or a $merge_dangerously, accepted, by the nodes
// of its IDs. They are kept where they can decide something, which is rarely: every $merge_dangerously, since
// it alone lets two profiles become one, and an $identify between two IDs each of which could be kept.
type directed struct {
	target, source uint32
	dangerous      bool
}

// directedEntry is a kind of entry beside those of memory.go: a byte for whether it is dangerous, target and
// source.
const directedEntry = 'd'

// noteKeepable notes an ID that could be kept before others: now, because it is identified or there is a profile under it, or in a
// later run, because it does not look as if a machine had made it.
func (s *settler) noteKeepable(node uint32, f *fact, text []byte) {
	now := f.marks.identified() || f.marks&wasSent != 0 || s.x.options.Existing.hasID(text)
	if now {
		s.keepable.Add(uint64(node))
	}
	if now || f.marks&machineShaped == 0 {
		s.keepableLater.Add(uint64(node))
	}
}

// noteDirected takes a link that was accepted.
func (s *settler) noteDirected(one *step) {
	if one.kind == identity.Alias || one.again {
		return
	}
	if one.kind == identity.Dangerously || bothIn(s.keepableLater, one.a, one.b) {
		s.directed = append(s.directed, directed{one.a, one.b, one.kind == identity.Dangerously})
	}
}

// bothIn reports whether both nodes are in a set.
func bothIn(set parallel.Bitset, a, b uint32) bool { return set.Has(uint64(a)) && set.Has(uint64(b)) }

// recallDirected adds the links of earlier runs.
func (s *settler) recallDirected() error {
	if s.x.directed == nil {
		return nil
	}
	for entry, err := range s.x.directed.All() {
		if err != nil {
			return err
		}
		target, known1 := s.node(readSum(entry[1:]))
		source, known2 := s.node(readSum(entry[1+sumSize:]))
		if known1 && known2 {
			s.directed = append(s.directed, directed{target, source, entry[0] != 0})
		}
	}
	s.x.directed.Drop()
	return nil
}

// rememberDirected keeps those of this run.
func (s *settler) rememberDirected() {
	if s.x.learnt == nil {
		return
	}
	for _, d := range s.directed {
		entry := []byte{directedEntry, 0}
		if d.dangerous {
			entry[1] = 1
		}
		entry = s.sumOf(d.target).append(entry)
		s.x.learnt.Append(s.sumOf(d.source).append(entry))
	}
}

// direct works out which IDs are the source of a link to another one that is as good to keep.
func (s *settler) direct() error {
	s.dangers, s.sources = map[uint32][]uint32{}, map[uint32]bool{}
	s.directed = slices.DeleteFunc(s.directed, func(d directed) bool {
		return !d.dangerous && !bothIn(s.keepable, d.target, d.source)
	})
	s.keepable, s.keepableLater = nil, nil
	if len(s.directed) == 0 {
		return nil
	}
	ranks := map[uint32]identity.Rank{}
	for _, d := range s.directed {
		ranks[d.target], ranks[d.source] = identity.Nobody.Rank, identity.Nobody.Rank
		if d.dangerous {
			s.dangers[d.source] = append(s.dangers[d.source], d.target)
		}
	}
	err := s.eachNode(func(node uint32, f *fact, text []byte) error {
		if _, asked := ranks[node]; asked { // the keys do not change any more
			rank := s.suits(node, f, text).Rank
			s.linksLock.Lock()
			defer s.linksLock.Unlock()
			s.ranks = append(s.ranks, ranked{node, rank})
		}
		return nil
	})
	for _, one := range s.ranks {
		ranks[one.node] = one.rank
	}
	for _, d := range s.directed {
		if ranks[d.target] == ranks[d.source] {
			s.sources[d.source] = true
		}
	}
	s.directed, s.ranks = nil, nil
	return err
}

// ranked is how good an ID is to keep.
type ranked struct {
	node uint32
	rank identity.Rank
}

// directedLog is where links of earlier runs wait until all IDs have nodes.
func (x *Index) directedLog() *spool.Log {
	if x.directed == nil {
		x.directed = x.space.NewLog()
	}
	return x.directed
}
