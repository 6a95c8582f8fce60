package people

import (
	"iter"

	"ph2cio/internal/identity"
)

// What an index learns from rows can be kept, and told to the index of a later run: who an ID belonged to stays so, what rows
// of a later run say comes after it, and attributes fold as if all rows had been read at once. What is kept is a sequence of
// entries, which begin with a byte for their kind. They hold sums of IDs and numbers of keys, so they only mean something to
// an index with the same Options.Seed and Options.KeyNames.
const (
	factEntry  = 'f' // what is known of an ID, with its text
	pieceEntry = 'p' // a state of attributes
	pairEntry  = 's' // an ID and a person_id that it had
	joinEntry  = 'j' // two IDs that are one person
)

// Seed is what an index is to be made with that is told what this one has learnt.
func (x *Index) Seed() uint64 { return x.seed }

// NewKeys are the property keys that came up beside Options.KeyNames; those of the next index are both.
func (x *Index) NewKeys() []string {
	var names []string
	for code := cioIDKey + 1 + uint32(len(x.options.KeyNames)); code < x.keys.count; code++ {
		names = append(names, x.keys.keys[code].name)
	}
	return names
}

// Remember keeps what was learnt from rows, for Settled.Learnt. Observe must not be called any more, and neither Recall nor
// Settle may have been.
func (x *Index) Remember() error {
	x.learnt = x.space.NewLog()
	for i := range x.shards {
		if err := x.rememberShard(&x.shards[i]); err != nil {
			return err
		}
	}
	for i := range x.pairs {
		for entry, err := range x.pairs[i].log.All() {
			if err != nil {
				return err
			}
			x.learnt.Append([]byte{pairEntry}, entry)
		}
	}
	return x.space.Err()
}

// rememberShard keeps what a shard knows, on disk and in memory. What an ID was known for is in several entries if it went to
// disk in between.
func (x *Index) rememberShard(sh *shard) error {
	x.closePairs(sh)
	facts, stop := iter.Pull2(sh.gone.All())
	defer stop()
	number := int64(0)
	var b [factSize]byte
	for text, err := range sh.texts.All() {
		if err != nil {
			return err
		}
		fact := b[:0]
		if at := number - sh.gone.Len(); at < 0 {
			entry, err, _ := facts()
			if err != nil {
				return err
			}
			fact = append(fact, entry[sumSize:]...)
		} else {
			fact = sh.ids.fact(uint32(at)).append(fact)
		}
		x.learnt.Append([]byte{factEntry}, fact, text)
		number++
	}
	sh.putStates()
	for entry, err := range sh.pieces.All() {
		if err != nil {
			return err
		}
		x.learnt.Append([]byte{pieceEntry}, entry)
	}
	return nil
}

// Recall tells an index what an earlier one has learnt, one of Settled.Learnt. It comes after all rows, and is not to be called
// from several goroutines at once.
func (x *Index) Recall(entry []byte) {
	kind, entry := entry[0], entry[1:]
	switch kind {
	case factEntry:
		x.recallFact(readFact(entry), entry[factSize-sumSize:])
	case pieceEntry:
		sh := &x.shards[readSum(entry).shard()]
		if !sh.recalled { // what is in memory was learnt before, and must be whole there
			sh.putStates()
			sh.recalled = true
		}
		sh.pieces.Append(entry)
	case pairEntry:
		x.pairs[readSum(entry).shard()].log.Append(entry)
	case joinEntry:
		if x.joined == nil {
			x.joined = x.space.NewLog()
		}
		x.joined.Append(entry)
	case directedEntry:
		x.directedLog().Append(entry)
	}
}

// fromText are the marks that an ID has by its text, and by what is asked for now.
const fromText = machineShaped | emailShaped | tooLong | userShaped | excluded | asked

func (x *Index) recallFact(f fact, text []byte) {
	if f.marks&(hasPerson|inLink) != 0 {
		f.marks |= hadPerson
	}
	if f.marks&(wasKnown|wasTarget) != 0 {
		f.marks |= hadLogin
	}
	if f.events > 0 {
		f.marks |= hadEvents
	}
	f.marks &^= fromText
	f.events = 0
	h := x.sum(text)
	sh := &x.shards[h.shard()]
	if _, now := x.entry(sh, h, text); now != nil {
		now.add(&f)
	}
}

// recall joins who was one person before any row of this run, and says what was known of them then.
func (s *settler) recall() error {
	if s.x.joined == nil {
		return nil
	}
	for entry, err := range s.x.joined.All() {
		if err != nil {
			return err
		}
		a, knownA := s.node(readSum(entry))
		b, knownB := s.node(readSum(entry[sumSize:]))
		if knownA && knownB {
			s.groups.Join(a, b)
		}
	}
	s.x.joined.Drop()
	return nil
}

// wasBefore says what an ID was known for before any row of this run.
func (s *settler) wasBefore(node uint32, m marks) {
	if m&hadPerson != 0 {
		s.groups.Appear(node)
	}
	if m&hadLogin != 0 {
		s.groups.Identify(node)
	}
}

// rootsBefore are the roots of the groups as an earlier run left them; nil when nobody wants to hear what has been joined since.
func (s *settler) rootsBefore() []uint32 {
	if s.x.learnt == nil {
		return nil
	}
	roots := make([]uint32, s.first[shardCount])
	for node := range roots {
		roots[node] = s.groups.Find(uint32(node))
	}
	return roots
}

// rememberJoins keeps what has been joined since. Groups only grow, so it is enough to say whom the root of each has joined.
func (s *settler) rememberJoins(before []uint32) {
	shard := 0
	for node := range before {
		for uint32(node) >= s.first[shard+1] {
			shard++
		}
		root := s.groups.Find(uint32(node))
		if before[node] != uint32(node) || root == uint32(node) {
			continue
		}
		other := 0
		for root >= s.first[other+1] {
			other++
		}
		var b [1 + 2*sumSize]byte
		entry := s.x.shards[shard].ids.hash(uint32(node) - s.first[shard]).append(append(b[:0], joinEntry))
		s.x.learnt.Append(s.x.shards[other].ids.hash(root - s.first[other]).append(entry))
	}
}

// Learnt yields what Index.Remember kept, and which IDs became one person, for Index.Recall of a later run. An error is the last
// thing yielded. It is there until the index is closed.
func (s *Settled) Learnt() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if s.index.learnt != nil {
			s.index.learnt.All()(yield)
		}
	}
}

// momentBefore is a moment before all others, of which there are as many as are asked for.
func momentBefore(number uint32) identity.Moment {
	return identity.Moment{At: noTime, UUID: uint64(number)}
}
