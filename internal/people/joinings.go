package people

import (
	"iter"
	"ph2cio/internal/fold"

	"ph2cio/internal/identity"
	"ph2cio/internal/spool"
)

// joinings are kept in the order in which identity follows them.
func (s *settler) keepJoining(j *fold.Joining) {
	var b [9 + fold.OrderSize]byte
	s.joinings.Append(j.Append(b[:0]))
}

// keepInSet notes that an ID is one of a set.
func (s *settler) keepInSet(node, set uint32) {
	s.sets = max(s.sets, set+1)
	s.keepJoining(&fold.Joining{Target: node, Source: set})
}

// keepLinked notes a link that was not refused. replays says whether it matters when it came.
func (s *settler) keepLinked(l *step, replays bool) {
	j := fold.Joining{Target: l.a, Source: l.b, At: l.at(), Kind: fold.OfLink}
	if s.linked != nil && s.linked.Find(j.Target) != s.linked.Find(j.Source) {
		s.linked.Join(j.Target, j.Source)
		s.remember(&j)
	}
	if !replays {
		j.Kind = fold.Anytime
	}
	s.keepJoining(&j)
}

// handOutJoinings gives those of candidates of which several IDs have attributes to the parts: only for these
// it matters who became one person when.
func (s *settler) handOutJoinings() error {
	for entry, err := range spool.Until(s.ctx, s.joinings.All()) {
		if err != nil {
			return err
		}
		number, ok := s.candidateOf(fold.JoiningTarget(entry))
		if ok && s.candidates[number].traits&groupStates != 0 {
			s.parts.GiveJoining(number, entry)
		}
	}
	s.joinings.Drop()
	return nil
}

// recalled yields the joinings of earlier runs, as links and as sets of two IDs, as far as this run knows the
// IDs.
func (s *settler) recalled() iter.Seq2[fold.Joining, error] {
	return func(yield func(fold.Joining, error) bool) {
		if s.x.joined == nil {
			return
		}
		for entry, err := range s.x.joined.All() {
			if err != nil {
				yield(fold.Joining{}, err)
				return
			}
			if j, known := s.recallJoining(entry); known && !yield(j, nil) {
				return
			}
		}
	}
}

// recallJoining reads a joining of an earlier run; false if this one knows nothing of it.
func (s *settler) recallJoining(entry []byte) (j fold.Joining, known bool) {
	var knownTarget, knownSource bool
	j.Target, knownTarget = s.node(readSum(entry))
	j.Source, knownSource = s.node(readSum(entry[sumSize:]))
	if len(entry) > 2*sumSize {
		j.Kind, j.At = fold.OfLink, fold.ReadOrder(entry[2*sumSize:])
	}
	return j, knownTarget && knownSource
}

// remember keeps a joining of two IDs for later runs.
func (s *settler) remember(j *fold.Joining) {
	var b [1 + 2*sumSize + fold.OrderSize]byte
	entry := s.sumOf(j.Source).append(s.sumOf(j.Target).append(append(b[:0], joinEntry)))
	if j.Kind == fold.OfLink {
		entry = j.At.Append(entry)
	}
	s.x.learnt.Append(entry)
}

// rememberSets keeps who is one person by a set, as far as no earlier run has kept it. Groups only grow, so
// it is enough to say whom the root of each has joined.
func (s *settler) rememberSets() error {
	if s.x.learnt == nil {
		return nil
	}
	nodes := s.first[shardCount]
	groups := identity.NewGroups(int(nodes + s.sets))
	for j, err := range s.recalled() {
		if err != nil {
			return err
		}
		if j.Kind == fold.OfSet {
			groups.Join(j.Target, j.Source)
		}
	}
	roots := make([]uint32, nodes)
	for node := range roots {
		roots[node] = groups.Find(uint32(node))
	}
	for entry, err := range spool.Until(s.ctx, s.joinings.All()) {
		if err != nil {
			return err
		}
		if j := fold.ReadJoining(entry); j.Kind == fold.OfSet {
			groups.Join(j.Target, nodes+j.Source)
		}
	}
	for node := range roots {
		if root := groups.Find(uint32(node)); roots[node] == uint32(node) && root != uint32(node) {
			s.remember(&fold.Joining{Target: root, Source: uint32(node)})
		}
	}
	return nil
}
