package people

import (
	"context"
	"iter"

	"ph2cio/internal/fold"
	"ph2cio/internal/spool"
)

// What an index learns from rows can be kept, and told to the index of a later run: who an ID belonged to stays so, what rows
// of a later run say comes after it, and attributes fold as if all rows had been read at once. What is kept is a sequence of
// entries, which begin with a byte for their kind. They hold sums of IDs and numbers of keys, so they only mean something to
// an index with the same Options.Seed and Options.KeyNames.
const (
	factEntry  = 'f' // what is known of an ID, with its text
	pieceEntry = 'p' // a state of attributes
	pairEntry  = 's' // an ID and a person_id that it had
	joinEntry  = 'j' // two IDs that are one person, and since which link if it was one

	directedEntry = 'd' // a directed link: a byte for whether it is dangerous, target and source
)

// Seed is what an index is to be made with that is told what this one has learnt.
func (x *Index) Seed() uint64 { return x.seed }

// NewKeys are the property keys that came up beside Options.KeyNames; those of the next index are both.
func (x *Index) NewKeys() []string {
	return x.keys.Names(otherKeys + uint32(len(x.options.KeyNames)))
}

// Remember keeps what was learnt from rows, on disk, for Settled.Learnt. Observe must not be called any more,
// and neither Recall nor Settle may have been. Its error is trouble with the disk, or the cause of ctx.
func (x *Index) Remember(ctx context.Context) error {
	x.forLater = x.laterSpace.NewLog()
	for i := range x.shards {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := x.rememberShard(&x.shards[i]); err != nil {
			return err
		}
	}
	for i := range x.pairs.all {
		for entry, err := range spool.Until(ctx, x.pairs.all[i].log.All()) {
			if err != nil {
				return err
			}
			x.forLater.Append([]byte{pairEntry}, entry)
		}
	}
	return x.Err()
}

// rememberShard keeps what a shard knows, on disk and in memory. What an ID was known for is in several entries if it went to
// disk in between.
func (x *Index) rememberShard(sh *shard) error {
	x.closePairs(sh)
	sh.recent.release(&x.pairs)
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
		x.forLater.Append([]byte{factEntry}, fact, text)
		number++
	}
	sh.states.Spill(sh.ids.name)
	for entry, err := range sh.states.All() {
		if err != nil {
			return err
		}
		x.forLater.Append([]byte{pieceEntry}, entry)
	}
	return nil
}

// Recall tells an index what an earlier one has learnt, one of Settled.Learnt. It comes after all rows, and is not to be called
// from several goroutines at once.
func (x *Index) Restore(entry []byte) {
	kind, entry := entry[0], entry[1:]
	switch kind {
	case factEntry:
		x.restoreFact(readFact(entry), entry[factSize-sumSize:])
	case pieceEntry:
		name := fold.PieceName(entry)
		sh := &x.shards[readSum(name[:]).shard()]
		sh.states.Add(entry, sh.ids.name)
	case pairEntry:
		var room textRoom
		p, _ := readPair(entry, &room, x.seed)
		x.pairs.all[p.shard()].log.Append(entry)
	case joinEntry:
		if x.joined == nil {
			x.joined = x.space.NewLog()
		}
		x.joined.Append(entry)
	case directedEntry:
		if x.directed == nil {
			x.directed = x.space.NewLog()
		}
		x.directed.Append(entry)
	}
}

// fromText are the marks that an ID has by its text, and by what is asked for now.
const fromText = machineShaped | emailShaped | tooLong | userShaped | excluded | named | thereByID | neverOne

func (x *Index) restoreFact(f fact, text []byte) {
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
