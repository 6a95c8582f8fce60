package people

import (
	"context"
	"iter"

	"ph2cio/internal/fold"
	"ph2cio/internal/spool"
)

// Seed returns the Options.Seed for a later index that restores what this one remembers.
func (x *Index) Seed() uint64 { return x.seed }

// NewKeys returns the property keys that came up besides Options.KeyNames. KeyNames of the next index are
// both, in this order.
func (x *Index) NewKeys() []string {
	return x.keys.Names(otherKeys + uint32(len(x.options.KeyNames)))
}

// Remember writes what rows say of IDs to disk, for Directory.ForLater. It must be called after the last
// Observe and before Restore and Decide. An error is trouble with the disk, or the cause of ctx, at whose end
// it stops.
func (x *Index) Remember(ctx context.Context) error {
	x.later.start()
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
			x.later.add(pairEntry, entry)
		}
	}
	return x.Err()
}

// rememberShard writes what a shard knows, in memory and on disk. An ID has several entries if its facts went
// to disk in between.
func (x *Index) rememberShard(sh *shard) error {
	x.closePairs(sh)
	sh.recent.release(&x.pairs)
	facts, stop := iter.Pull2(sh.spilled.All())
	defer stop()
	number := int64(0)
	var b [idFactsSize]byte
	for text, err := range sh.texts.All() {
		if err != nil {
			return err
		}
		fact := b[:0]
		if at := number - sh.spilled.Len(); at < 0 {
			entry, err, _ := facts()
			if err != nil {
				return err
			}
			fact = append(fact, entry[sumSize:]...)
		} else {
			fact = sh.ids.factsOf(uint32(at)).append(fact)
		}
		x.later.add(factsEntry, fact, text)
		number++
	}
	sh.states.Spill(sh.ids.name)
	for entry, err := range sh.states.All() {
		if err != nil {
			return err
		}
		x.later.add(pieceEntry, entry)
	}
	return nil
}

// Restore adds an entry of an earlier run's Directory.ForLater. It must be called after the last Observe and
// before Decide, by one goroutine at a time.
func (x *Index) Restore(entry []byte) {
	x.earlier.note(entry)
	kind, entry := entry[0], entry[1:]
	switch kind {
	case factsEntry:
		x.restoreFact(readIDFacts(entry), entry[idFactsSize-sumSize:])
	case pieceEntry:
		name := fold.PieceName(entry)
		sh := &x.shards[readSum(name[:]).shard()]
		if number, found := sh.ids.find(readSum(name[:])); found {
			sh.ids.factsOf(number).set(hasState) // the persons export may have given it
		}
		sh.states.Add(entry, sh.ids.name)
	case pairEntry:
		var room textRoom
		p, _ := readPair(entry, &room, x.seed)
		x.pairs.all[p.shard()].log.Append(entry)
	case joinEntry:
		x.earlier.addJoined(entry)
	case directedEntry:
		x.earlier.addDirected(entry)
	}
}

// restoreFact adds what earlier runs know of an ID.
func (x *Index) restoreFact(f idFacts, text []byte) {
	f.ofEarlierRun()
	h := x.sum(text)
	sh := &x.shards[h.shard()]
	if _, now := x.entry(sh, h, text); now != nil {
		now.add(&f)
	}
}
