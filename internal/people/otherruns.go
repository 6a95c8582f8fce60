package people

import (
	"iter"
	"sync"

	"ph2cio/internal/spool"
)

// An index can remember what rows say of IDs, and the index of a later run can restore it. Then IDs that were
// one person stay one person, rows of the later run count as later, and attributes fold as if all rows had
// been read at once. What is remembered is a sequence of entries, each of which begins with a byte for its
// kind. They hold sums of IDs and codes of keys, so they only mean something to an index with the same
// Options.Seed and Options.KeyNames.
//
// Most runs only remember what their own rows say, and much of that is known from earlier runs. Once that
// comes to half of what the first of them has remembered, a run remembers everything that it knows, each
// thing once: see Directory.ReplacesEarlier. So what is kept stays below twice what is known.
const (
	beginEntry    = 'b' // nothing; the first entry of a run
	factsEntry    = 'f' // what is known of an ID, with its text
	pieceEntry    = 'p' // a state of attributes
	pairEntry     = 's' // an ID and a person_id that it had
	joinEntry     = 'j' // two IDs that are one person, and since which link if it was one
	directedEntry = 'd' // a directed link: 1 for a $merge_dangerously, else 0, then target and source
)

// laterRuns keeps entries for later runs. It keeps none until start is called.
type laterRuns struct {
	space *spool.Space // keeps nothing in memory
	lock  sync.Mutex
	log   *spool.Log // nil until start
	entry []byte     // scratch
	size  int64      // of all entries
	whole bool       // they are all that is known: see condense
}

// start begins to keep entries. If there are some, it drops them.
func (l *laterRuns) start() {
	if l.log != nil {
		l.log.Drop()
	}
	l.log, l.size = l.space.NewLog(), 0
	l.add(beginEntry)
}

// startWhole is start for entries that are all that is known, those of earlier runs among them.
func (l *laterRuns) startWhole() {
	l.start()
	l.whole = true
}

// wanted reports whether entries are kept. If it returns false add must not be called.
func (l *laterRuns) wanted() bool { return l.log != nil }

// add keeps an entry. Several goroutines may call it.
func (l *laterRuns) add(kind byte, parts ...[]byte) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.entry = append(l.entry[:0], kind)
	for _, part := range parts {
		l.entry = append(l.entry, part...)
	}
	l.log.Append(l.entry)
	l.size += int64(len(l.entry))
}

// all yields the entries, in the order of add. An error is the last thing yielded.
func (l *laterRuns) all() iter.Seq2[[]byte, error] {
	if l.log == nil {
		return func(func([]byte, error) bool) {}
	}
	return l.log.All()
}

// earlierRuns keeps what earlier runs knew until all IDs have nodes.
type earlierRuns struct {
	space    *spool.Space
	joined   *spool.Log // joinings; nil for none
	directed *spool.Log // directed links; nil for none
	sent     uint32     // how many people were sent
	runs     int        // how many have remembered entries
	first    int64      // bytes of the entries of the first of them
	others   int64      // bytes of those of all others
}

// note counts an entry.
func (e *earlierRuns) note(entry []byte) {
	if entry[0] == beginEntry {
		e.runs++
	}
	if e.runs > 1 {
		e.others += int64(len(entry))
	} else {
		e.first += int64(len(entry))
	}
}

// addJoined adds a joining of two IDs.
func (e *earlierRuns) addJoined(entry []byte) {
	if e.joined == nil {
		e.joined = e.space.NewLog()
	}
	e.joined.Append(entry)
}

// addDirected adds a directed link.
func (e *earlierRuns) addDirected(entry []byte) {
	if e.directed == nil {
		e.directed = e.space.NewLog()
	}
	e.directed.Append(entry)
}

// nextSent numbers the people who were sent, from 0.
func (e *earlierRuns) nextSent() uint32 {
	e.sent++
	return e.sent - 1
}

// dropJoined drops the joinings.
func (e *earlierRuns) dropJoined() {
	if e.joined != nil {
		e.joined.Drop()
	}
}
