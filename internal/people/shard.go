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

// init makes the logs of an empty shard. mostStates is how many bytes of attributes it keeps in memory.
func (sh *shard) init(space *spool.Space, keys *fold.Keys, mostStates int) {
	sh.texts, sh.links, sh.spilled = space.NewLog(), space.NewLog(), space.NewLog()
	sh.states = fold.NewStore(keys, space.NewLog(), mostStates)
}

// startOver empties the shard of IDs, all of which are spilled. It returns the logs of their facts and texts.
func (sh *shard) startOver(space *spool.Space) (facts, texts *spool.Log) {
	facts, texts = sh.spilled, sh.texts
	sh.ids, sh.open = idTable{}, nil
	sh.states.DropMemory()
	sh.spilled, sh.texts = space.NewLog(), space.NewLog()
	return facts, texts
}

// factsAreStored says that all facts are in spilled now, with the texts of their IDs.
func (sh *shard) factsAreStored() {
	sh.onDisk = true
	sh.texts.Drop()
	sh.ids.dropFacts()
}

// drop frees everything except the sums and numbers of IDs.
func (sh *shard) drop() {
	sh.ids.dropFacts()
	sh.states, sh.scratch, sh.sample = fold.Store{}, nil, sample{}
	sh.texts.Drop()
	sh.spilled.Drop()
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
			one.set(notVisitor)
		}
		if sh.anonymous.Has(uint64(number)) {
			one.set(wasAnonymous)
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
	f.setState(sh.states.Learn(f.state, number, r))
	if sh.states.Full() {
		sh.states.Spill(sh.ids.name)
	}
}

// addLink adds a link to the log of links. The caller holds the shard's lock.
func (sh *shard) addLink(l *link) {
	sh.scratch = l.append(sh.scratch[:0])
	sh.links.Append(sh.scratch)
}

// addSent adds an entry of a person who was sent. The entry is in the shard's scratch, or becomes that.
func (sh *shard) addSent(space *spool.Space, entry []byte) {
	if sh.sent == nil {
		sh.sent = space.NewLog()
	}
	sh.sent.Append(entry)
	sh.scratch = entry
}

// setDistinctAt sets from how many links on noteLink drops those that decide nothing.
func (sh *shard) setDistinctAt(links int64) { sh.distinctAt = links }
