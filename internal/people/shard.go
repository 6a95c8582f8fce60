package people

import (
	"sync"

	"ph2cio/internal/fold"
	"ph2cio/internal/parallel"
	"ph2cio/internal/spool"
)

// shard holds the IDs whose sums begin with its number, and all that is known of them. Its methods need its
// lock while rows are observed.
type shard struct {
	mu          sync.Mutex
	ids         idTable
	texts       *spool.Log      // of the IDs, in the order in which they came, spilled ones included
	spilled     *spool.Log      // facts of IDs that went to disk; with onDisk those of all, and texts
	onDisk      bool            // all facts are in spilled, and none in ids: see Index.readBack
	notVisitors parallel.Bitset // by number: IDs that get notVisitor, because a row of a visitor shows it
	anonymous   parallel.Bitset // by number: IDs that get wasAnonymous, because of an accepted $identify
	states      fold.Store
	sent        *spool.Log // the people whom earlier runs have sent; nil for nobody
	links       *spool.Log
	distinctAt  int64 // from how many links on noteLink drops those that decide nothing
	open        openPairs
	sample      sample
	recent      recentPairs
	scratch     []byte // for entries of links and sent, reused
}

// eachID calls f with each ID of a shard, in the order of their numbers. Facts and text are valid until f
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

// learnAttributes adds what a row says of its person's attributes. The caller holds the shard's lock.
func (sh *shard) learnAttributes(number uint32, f *idFacts, r *fold.Row) {
	if f.state = sh.states.Learn(f.state, number, r); f.state != 0 {
		f.flags |= hasState
	}
	if sh.states.Full() {
		sh.states.Spill(sh.ids.name)
	}
}

// addLink adds a link to the log of links. The caller holds the shard's lock.
func (sh *shard) addLink(l *link) {
	sh.scratch = l.append(sh.scratch[:0])
	sh.links.Append(sh.scratch)
}
