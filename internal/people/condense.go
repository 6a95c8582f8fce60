package people

import (
	"context"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/fold"
	"ph2cio/internal/spool"
)

// rememberedTwice reports whether so much of what earlier runs and this one remember may be known twice that
// this run should remember everything instead: see condense.
func (x *Index) rememberedTwice() bool {
	return x.later.wanted() && x.earlier.runs > 0 && x.earlier.others+x.later.size >= x.earlier.first/2
}

// condense remembers all that this run and earlier ones know, each thing once, instead of what only this run
// has learnt. It comes after readBack and before anything else of Decide. A later run that restores it knows
// the same as one that restores the entries of each run.
func (x *Index) condense(ctx context.Context) error {
	x.later.startWhole()
	for i := range x.shards {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := x.condenseShard(&x.shards[i]); err != nil {
			return err
		}
	}
	for i := range x.pairs.all {
		if err := x.condensePairs(ctx, x.pairs.all[i].log); err != nil {
			return err
		}
	}
	if err := x.copyToLater(ctx, joinEntry, x.earlier.joined); err != nil {
		return err
	}
	return x.copyToLater(ctx, directedEntry, x.earlier.directed)
}

// condenseShard remembers what is known of each ID of a shard, and its attributes.
func (x *Index) condenseShard(sh *shard) error {
	err := sh.eachID(func(_ uint32, f *idFacts, text []byte) error {
		known := *f
		known.flags &^= wasSent | flagsOfText // a later run sets these itself
		if known == newIDFacts(0) {           // only the people who were sent have it
			return nil
		}
		var b [idFactsSize]byte
		x.later.add(factsEntry, known.append(b[:0]), text)
		return nil
	})
	if err != nil {
		return err
	}
	find := func(name fold.Name) (uint32, bool) { return sh.ids.find(readSum(name[:])) }
	return sh.states.Condense(sh.ids.count, sh.ids.name, find, func(piece []byte) { x.later.add(pieceEntry, piece) })
}

// condensePairs remembers the pairs of a log, each of several that are the same once.
func (x *Index) condensePairs(ctx context.Context, log *spool.Log) error {
	known := newSumSet(log.Len())
	for entry, err := range spool.Until(ctx, log.All()) {
		if err != nil {
			return err
		}
		if h := xxh3.Hash128Seed(entry, x.seed); known.add(sum{h.Hi, h.Lo}) {
			x.later.add(pairEntry, entry)
		}
	}
	return nil
}

// copyToLater remembers the entries of one kind that earlier runs have remembered; log may be nil.
func (x *Index) copyToLater(ctx context.Context, kind byte, log *spool.Log) error {
	if log == nil {
		return nil
	}
	for entry, err := range spool.Until(ctx, log.All()) {
		if err != nil {
			return err
		}
		x.later.add(kind, entry)
	}
	return nil
}

// sumSet is a set of sums. newSumSet makes one.
type sumSet []sum // open addressing; a power of two long; the zero sum is a free place

// newSumSet returns an empty set with room for a number of sums.
func newSumSet(most int64) sumSet {
	size := int64(64)
	for size*3 < most*4 {
		size *= 2
	}
	return make(sumSet, size)
}

// add adds a sum, and reports whether it is new.
func (s sumSet) add(h sum) bool {
	h[1] |= 1 // never the zero sum
	mask := uint64(len(s) - 1)
	for i := h[0] & mask; ; i = (i + 1) & mask {
		switch s[i] {
		case h:
			return false
		case sum{}:
			s[i] = h
			return true
		}
	}
}
