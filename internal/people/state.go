package people

import (
	"github.com/zeebo/xxh3"

	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// state is what is known of the attributes of one ID that stood on a row with a person: its newest snapshot, and of the
// changes ingested after that one all that can still matter.
//
// The snapshot has its row's own changes in it. Rows come in any order, so a snapshot yet to come may fall
// between any two changes: see prune for what must be kept until then.
type state struct {
	base    order        // of the snapshot
	sum     xxh3.Uint128 // of its text and its row's changes: see sumOfChanges
	uuid    *saidUUID    // nil when no row said it, or nobody asks
	buf     []byte       // the snapshot's kept properties, then the log
	log     uint32       // where the log starts
	owner   uint32       // number of its ID
	hasBase bool
	dumped  bool // the snapshot's properties are on disk already, and not in buf
	touched bool // something of it is not on disk yet
}

// saidUUID is PostHog's UUID of a person, and the row that said so, by time and Ref.
type saidUUID struct {
	id  rawjson.UUID
	at  int64
	ref uint64
}

// newer reports whether a row that said s came after the one that said o, which may be nil.
func (s *saidUUID) newer(o *saidUUID) bool {
	return o == nil || s.at > o.at || s.at == o.at && s.ref > o.ref
}

// stateTable holds states in pages that never move.
type stateTable struct {
	pages [][]state
	count uint32
}

const statesPerPage = 85 // near 8 KiB, a size the allocator has

func (t *stateTable) at(number uint32) *state {
	return &t.pages[number/statesPerPage][number%statesPerPage]
}

func (t *stateTable) add(owner uint32) uint32 {
	number := t.count
	t.count++
	if int(number/statesPerPage) == len(t.pages) {
		t.pages = append(t.pages, make([]state, statesPerPage))
	}
	*t.at(number) = state{owner: owner}
	return number
}

// stateOf returns the state of an ID, nil when it has none.
func (sh *shard) stateOf(f *fact) *state {
	if f.state == 0 {
		return nil
	}
	return sh.states.at(f.state - 1)
}

func (sh *shard) makeState(f *fact, owner uint32) *state {
	if f.state == 0 {
		f.state = sh.states.add(owner) + 1
		f.marks |= hasState
	}
	st := sh.states.at(f.state - 1)
	st.touched = true
	return st
}

// learnState takes what a row with a person says of its attributes.
func (x *Index) learnState(sh *shard, number uint32, f *fact, e *posthog.Event, at *order, snapshot xxh3.Uint128) {
	if e.PersonID != nil && x.options.PersonIDs {
		sh.learnUUID(f, number, at, e.PersonID)
	}
	st := sh.stateOf(f)
	if st != nil && st.hasBase && at.compare(&st.base) <= 0 || !feeds(e, x.now) {
		return // the newest snapshot was taken after it, or nobody knows when it was
	}
	if hasSnapshot(e) {
		sh.takeSnapshot(sh.makeState(f, number), at, e, snapshot)
	} else {
		sh.takeChanges(f, number, at, e)
	}
	if sh.held > x.mostBuf {
		sh.putStates()
	}
}

// hasSnapshot reports whether a row tells its person's properties. `{}` is never somebody's: PostHog gives
// each person $creator_event_uuid.
func hasSnapshot(e *posthog.Event) bool { return len(e.PersonMembers) > 0 }

// sumOfChanges is a hash of a row's snapshot and of its own changes. The same again leave the same.
func sumOfChanges(e *posthog.Event) xxh3.Uint128 {
	sum := xxh3.Hash128(e.PersonProperties)
	for i, changes := range [...][]byte{e.SetOnce, e.Set, e.Unset} {
		if len(changes) > 0 {
			more := xxh3.Hash128Seed(changes, sum.Lo+uint64(i))
			sum.Hi, sum.Lo = sum.Hi^more.Hi, sum.Lo^more.Lo
		}
	}
	return sum
}

func (sh *shard) learnUUID(f *fact, number uint32, at *order, text []byte) {
	said := saidUUID{at: at.At, ref: at.ref}
	if st := sh.stateOf(f); st != nil && !said.newer(st.uuid) {
		return
	}
	var ok bool
	if said.id, ok = rawjson.ParseUUID(text); ok {
		sh.makeState(f, number).uuid = &said
	}
}

// takeSnapshot makes the row's snapshot the base, with the row's own changes in it. It is newer than the base
// before.
func (sh *shard) takeSnapshot(st *state, at *order, e *posthog.Event, sum xxh3.Uint128) {
	same := st.hasBase && st.sum == sum
	st.base, st.sum, st.hasBase = *at, sum, true
	if same && st.log == uint32(len(st.buf)) {
		return
	}
	w := &sh.work
	if same {
		w.out = append(w.out[:0], st.buf[:st.log]...)
	} else {
		w.out = sh.keys.appendKept(w.out[:0], e.PersonProperties, e.PersonMembers)
		if w.row = sh.appendRow(w.row[:0], at, e); len(w.row) > 0 {
			w.overlay(w.row[rowHeadSize:])
		}
		st.dumped = false
	}
	log := uint32(len(w.out))
	w.out = appendLater(w.out, st.buf[st.log:], at)
	sh.store(st, w.out)
	st.log = log
	w.shrink()
}

// takeChanges adds the row's changes to the log, if any are kept.
func (sh *shard) takeChanges(f *fact, number uint32, at *order, e *posthog.Event) {
	if e.Set == nil && e.SetOnce == nil && e.Unset == nil {
		return
	}
	w := &sh.work
	w.row = sh.appendRow(w.row[:0], at, e)
	if len(w.row) == 0 {
		return
	}
	st := sh.makeState(f, number)
	if cap(st.buf)-len(st.buf) < len(w.row) {
		sh.makeRoom(st, len(w.row))
	}
	st.buf = append(st.buf, w.row...)
	w.shrink()
}

// makeRoom prunes the log, and if that is not enough gives the buffer more room, so much that pruning stays rare.
func (sh *shard) makeRoom(st *state, need int) {
	sh.work.prune(st, sh.keys.table)
	log := len(st.buf) - int(st.log)
	if cap(st.buf)-len(st.buf) >= need+log/4 {
		return
	}
	room := need
	if log > 0 {
		room += max(need, log/2)
	}
	grown := make([]byte, 0, len(st.buf)+room)
	sh.held += cap(grown) - cap(st.buf)
	st.buf = append(grown, st.buf...)
}

// store replaces the buffer's content, in the memory it has where that fits.
func (sh *shard) store(st *state, b []byte) {
	had := cap(st.buf)
	st.store(b)
	sh.held += cap(st.buf) - had
}

func (st *state) store(b []byte) {
	if cap(st.buf) < len(b) || cap(st.buf) > len(b)+len(b)/2+64 {
		st.buf = nil
	}
	st.buf = append(st.buf[:0], b...)
}
