package people

import (
	"sync"

	"ph2cio/internal/fold"
	"ph2cio/internal/parallel"
	"ph2cio/internal/spool"
)

// shard holds the IDs whose sum begins with its number, and all that is known of them.
type shard struct {
	mu          sync.Mutex
	ids         idTable
	texts       *spool.Log      // of the IDs, in their order, those that went to disk before included
	spilled     *spool.Log      // facts of IDs that went to disk; after bringBack all of them, with their texts
	onDisk      bool            // after bringBack: they are there and not in ids
	notVisitors parallel.Bitset // of numbers: a visitor's row shows otherRow
	anonymous   parallel.Bitset // the same: an accepted $identify shows wasAnonymous
	states      fold.Store
	sent        *spool.Log // people who were sent before this run; nil for nobody
	links       *spool.Log
	distinctAt  int64 // how many links there are when those that decide nothing are dropped
	open        openPairs
	sample      sample
	recent      recentPairs
	scratch     []byte // for entries of links and sent
}

// eachID calls f with each ID of a shard, in order of their numbers; its fact and text are valid until it
// returns.
func (sh *shard) eachID(f func(number uint32, fact *idFacts, text []byte) error) error {
	log := sh.texts
	if sh.onDisk {
		log = sh.spilled
	}
	number := uint32(0)
	var onDisk idFacts
	for entry, err := range log.All() {
		if err != nil {
			return err
		}
		var one *idFacts
		text := entry
		if sh.onDisk {
			onDisk, text = readIDFacts(entry), entry[idFactsSize-sumSize:]
			one = &onDisk
		} else {
			one = sh.ids.factsOf(number)
		}
		if sh.notVisitors.Has(uint64(number)) {
			one.flags |= notVisitor
		}
		if sh.anonymous.Has(uint64(number)) {
			one.flags |= wasAnonymous
		}
		if err := f(number, one, text); err != nil {
			return err
		}
		number++
	}
	return nil
}

// learnAttributes takes what a row with a person says of its attributes. The shard's lock is held.
func (sh *shard) learnAttributes(number uint32, f *idFacts, r *fold.Row) {
	if f.state = sh.states.Learn(f.state, number, r); f.state != 0 {
		f.flags |= hasState
	}
	if sh.states.Full() {
		sh.states.Spill(sh.ids.name)
	}
}

func (sh *shard) addLink(l *link) {
	sh.scratch = l.append(sh.scratch[:0])
	sh.links.Append(sh.scratch)
}
