package people

import "iter"

// SumOf is what stands for a distinct ID in all runs with one Options.Seed.
func (x *Index) SumOf(distinctID []byte) (b [sumSize]byte) {
	x.sum(distinctID).append(b[:0])
	return b
}

// SumOf is Index.SumOf.
func (s *Directory) SumOf(distinctID []byte) [sumSize]byte { return s.index.SumOf(distinctID) }

// Known returns the person who has the ID that SumOf gave this; nil when nobody who is sent does.
func (s *Directory) Known(of [sumSize]byte) *Person {
	node, found := s.nodes.of(readSum(of[:]))
	if !found || s.who[node] < uint32(statuses) {
		return nil
	}
	return &s.persons[s.who[node]-uint32(statuses)]
}

// HeldNow reports whether the person is held who has the ID that SumOf gave this.
func (s *Directory) HeldNow(of [sumSize]byte) bool {
	node, found := s.nodes.of(readSum(of[:]))
	return found && s.who[node] == uint32(TwoProfiles)
}

// SentBefore reports whether an earlier run has sent the person, and returns the state in which it did, and
// the time of the newest data in that, in unix seconds, 0 when there is none. By and Value are then those of
// that time.
func (s *Directory) SentBefore(p *Person) (state [16]byte, updated int64, before bool) {
	if p.sent == 0 {
		return state, 0, false
	}
	one := &s.sent.all[p.sent-1]
	return one.state, one.updated, true
}

// ForLater yields what Index.Remember kept, and which IDs became one person, for Index.Restore of a later
// run. An error is the last thing yielded. It is there until the index is closed.
func (s *Directory) ForLater() iter.Seq2[[]byte, error] {
	return s.index.later.all()
}
