package people

import (
	"encoding/binary"
	"iter"

	"ph2cio/internal/identity"
	"ph2cio/internal/spool"
)

// joining is why IDs are one person: a link that was not refused, or that an ID is one of a set, those of a
// person_id or of a person in the persons export. A link tells when two became one, a set only that they
// have.
type joining struct {
	target uint32 // node, of a link's distinct_id or of an ID in a set
	source uint32 // node of a link's other ID, or the number of a set
	at     order  // of a link's row, or of the persons export
	kind   joiningKind
}

type joiningKind uint8

const (
	ofSet    joiningKind = iota
	ofExport             // of a set that was one by the time of the persons export
	ofLink               // merges its source into its target
	either               // the same, but nothing is known of one of the two
)

func (k joiningKind) hasPlace() bool { return k == ofLink || k == ofExport }

func (j *joining) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(append(dst, byte(j.kind)), j.target)
	dst = binary.LittleEndian.AppendUint32(dst, j.source)
	if j.kind.hasPlace() {
		dst = j.at.append(dst)
	}
	return dst
}

func readJoining(b []byte) joining {
	j := joining{kind: joiningKind(b[0])}
	j.target, j.source = binary.LittleEndian.Uint32(b[1:]), binary.LittleEndian.Uint32(b[5:])
	if j.kind.hasPlace() {
		j.at = readOrder(b[9:])
	}
	return j
}

// joinings are kept in the order in which identity follows them.
func (s *settler) keepJoining(j *joining) {
	var b [9 + orderSize]byte
	s.joinings.Append(j.append(b[:0]))
}

// keepInSet notes that an ID is one of a set.
func (s *settler) keepInSet(node, set uint32) {
	s.sets = max(s.sets, set+1)
	s.keepJoining(&joining{target: node, source: set})
}

// keepLinked notes a link that was not refused. replays says whether it matters when it came.
func (s *settler) keepLinked(l *step, replays bool) {
	j := joining{target: l.a, source: l.b, at: l.at(), kind: ofLink}
	if s.linked != nil && s.linked.Find(j.target) != s.linked.Find(j.source) {
		s.linked.Join(j.target, j.source)
		s.remember(&j)
	}
	if !replays {
		j.kind = either
	}
	s.keepJoining(&j)
}

// handOutJoinings gives those of candidates of which several IDs have attributes to the parts: only for these
// it matters who became one person when.
func (s *settler) handOutJoinings() error {
	var b [4]byte
	for entry, err := range spool.Until(s.ctx, s.joinings.All()) {
		if err != nil {
			return err
		}
		number, ok := s.candidateOf(binary.LittleEndian.Uint32(entry[1:]))
		if ok && s.candidates[number].traits&groupStates != 0 {
			s.finals[s.partOf(number)].joinings.Append(binary.LittleEndian.AppendUint32(b[:0], number), entry)
		}
	}
	s.joinings.Drop()
	return nil
}

// recalled yields the joinings of earlier runs, as links and as sets of two IDs, as far as this run knows the
// IDs.
func (s *settler) recalled() iter.Seq2[joining, error] {
	return func(yield func(joining, error) bool) {
		if s.x.joined == nil {
			return
		}
		for entry, err := range s.x.joined.All() {
			if err != nil {
				yield(joining{}, err)
				return
			}
			if j, known := s.recallJoining(entry); known && !yield(j, nil) {
				return
			}
		}
	}
}

// recallJoining reads a joining of an earlier run; false if this one knows nothing of it.
func (s *settler) recallJoining(entry []byte) (j joining, known bool) {
	var knownTarget, knownSource bool
	j.target, knownTarget = s.node(readSum(entry))
	j.source, knownSource = s.node(readSum(entry[sumSize:]))
	if len(entry) > 2*sumSize {
		j.kind, j.at = ofLink, readOrder(entry[2*sumSize:])
	}
	return j, knownTarget && knownSource
}

// remember keeps a joining of two IDs for later runs.
func (s *settler) remember(j *joining) {
	var b [1 + 2*sumSize + orderSize]byte
	entry := s.sumOf(j.source).append(s.sumOf(j.target).append(append(b[:0], joinEntry)))
	if j.kind == ofLink {
		entry = j.at.append(entry)
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
		if j.kind == ofSet {
			groups.Join(j.target, j.source)
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
		if j := readJoining(entry); j.kind == ofSet {
			groups.Join(j.target, nodes+j.source)
		}
	}
	for node := range roots {
		if root := groups.Find(uint32(node)); roots[node] == uint32(node) && root != uint32(node) {
			s.remember(&joining{target: root, source: uint32(node)})
		}
	}
	return nil
}
