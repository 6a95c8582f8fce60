package people

import (
	"context"
	"iter"

	"ph2cio/internal/fold"
	"ph2cio/internal/identity"
	"ph2cio/internal/spool"
)

// joinings keep the reasons why IDs are one person, in the order in which they were joined, and write the new
// ones for later runs. newJoinings makes one.
type joinings struct {
	nodes  *nodes
	log    *spool.Log
	sets   uint32           // how many sets there are in the log
	linked *identity.Groups // the groups by links alone; nil without later runs
}

// newJoinings returns joinings without any.
func newJoinings(nodes *nodes) *joinings {
	j := &joinings{nodes: nodes, log: nodes.x.space.NewLog()}
	if nodes.x.later.wanted() {
		j.linked = identity.NewGroups(nodes.count())
	}
	return j
}

// add adds a joining.
func (s *joinings) add(j *fold.Joining) {
	var b [9 + fold.ChangeOrderSize]byte
	s.log.Append(j.Append(b[:0]))
}

// addToSet adds an ID to a set whose IDs are one person.
func (s *joinings) addToSet(node, set uint32) {
	s.sets = max(s.sets, set+1)
	s.add(&fold.Joining{Target: node, Source: set})
}

// addLink adds a link that was accepted. replays says whether its time matters for the attributes.
func (s *joinings) addLink(l *step, replays bool) {
	j := fold.Joining{Target: l.a, Source: l.b, At: l.at(), Kind: fold.OfLink}
	if s.linked != nil && s.linked.Find(j.Target) != s.linked.Find(j.Source) {
		s.linked.Join(j.Target, j.Source)
		s.remember(&j)
	}
	if !replays {
		j.Kind = fold.Anytime
	}
	s.add(&j)
}

// endLinks says that addLink is not called any more.
func (s *joinings) endLinks() { s.linked = nil }

// handOut calls give with each joining as it is written, and its target. It drops them all.
func (s *joinings) handOut(ctx context.Context, give func(target uint32, entry []byte)) error {
	for entry, err := range spool.Until(ctx, s.log.All()) {
		if err != nil {
			return err
		}
		give(fold.JoiningTarget(entry), entry)
	}
	s.log.Drop()
	return nil
}

// restore joins the IDs that earlier runs have joined.
func (s *joinings) restore(ctx context.Context, groups *identity.Groups) error {
	for j, err := range spool.Until(ctx, s.restored()) {
		if err != nil {
			return err
		}
		groups.Join(j.Target, j.Source)
		if j.Kind == fold.OfSet {
			set := s.sets
			s.addToSet(j.Target, set)
			s.addToSet(j.Source, set)
			continue
		}
		if s.linked != nil {
			s.linked.Join(j.Target, j.Source)
		}
		s.add(&j)
	}
	return nil
}

// restored yields the joinings of earlier runs whose IDs this run knows: links, and sets of two IDs. An error
// is the last thing yielded.
func (s *joinings) restored() iter.Seq2[fold.Joining, error] {
	return func(yield func(fold.Joining, error) bool) {
		if s.nodes.x.earlier.joined == nil {
			return
		}
		for entry, err := range s.nodes.x.earlier.joined.All() {
			if err != nil {
				yield(fold.Joining{}, err)
				return
			}
			if j, known := s.read(entry); known && !yield(j, nil) {
				return
			}
		}
	}
}

// read reads a joining of an earlier run; known is false if this run does not know its IDs.
func (s *joinings) read(entry []byte) (j fold.Joining, known bool) {
	var knownTarget, knownSource bool
	j.Target, knownTarget = s.nodes.of(readSum(entry))
	j.Source, knownSource = s.nodes.of(readSum(entry[sumSize:]))
	if len(entry) > 2*sumSize {
		j.Kind, j.At = fold.OfLink, fold.ReadChangeOrder(entry[2*sumSize:])
	}
	return j, knownTarget && knownSource
}

// remember writes a joining of two IDs for later runs.
func (s *joinings) remember(j *fold.Joining) {
	var b [2*sumSize + fold.ChangeOrderSize]byte
	entry := s.nodes.sumOf(j.Source).append(s.nodes.sumOf(j.Target).append(b[:0]))
	if j.Kind == fold.OfLink {
		entry = j.At.Append(entry)
	}
	s.nodes.x.later.add(joinEntry, entry)
}

// rememberSets writes for later runs which IDs are one person because of sets, unless earlier runs have
// written it. Groups only grow. So for each group that has joined another one it writes the two roots.
func (s *joinings) rememberSets(ctx context.Context) error {
	if !s.nodes.x.later.wanted() {
		return nil
	}
	nodes := uint32(s.nodes.count())
	groups := identity.NewGroups(int(nodes + s.sets))
	for j, err := range s.restored() {
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
	for entry, err := range spool.Until(ctx, s.log.All()) {
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
