package fold

import (
	"github.com/zeebo/xxh3"

	"ph2cio/internal/rawjson"
)

// State is what is known of the attributes of one ID that stood on a row with a person: its newest snapshot,
// and of the changes ingested after that one all that can still matter.
//
// The snapshot has its row's own changes in it. Rows come in any order, so a snapshot yet to come may fall
// between any two changes: see Scratch.Prune for what must be kept until then.
type State struct {
	base    Order        // of the snapshot
	sum     xxh3.Uint128 // of its text and its row's changes: see Row.Hash
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

// takeUUID keeps the UUID that the newer row said.
func (st *State) takeUUID(o *State) {
	if o.uuid != nil && o.uuid.newer(st.uuid) {
		st.uuid = o.uuid
	}
}

// PersonUUID returns PostHog's UUID of the person, false when no row said it, or nobody asks.
func (st *State) PersonUUID() (id rawjson.UUID, said bool) {
	if st.uuid == nil {
		return id, false
	}
	return st.uuid.id, true
}

// SnapshotState is a state that knows a snapshot alone, given the properties that are kept, as
// KeyCache.AppendKept appends them.
func SnapshotState(properties []byte, at Order) State {
	return State{hasBase: true, buf: properties, log: uint32(len(properties)), base: at}
}

// store replaces the buffer's content, in the memory it has where that fits.
func (st *State) store(b []byte) {
	if cap(st.buf) < len(b) || cap(st.buf) > len(b)+len(b)/2+64 {
		st.buf = nil
	}
	st.buf = append(st.buf[:0], b...)
}

// stateTable holds states in pages that never move.
type stateTable struct {
	pages [][]State
	count uint32
}

const statesPerPage = 85 // near 8 KiB, a size the allocator has

func (t *stateTable) at(number uint32) *State {
	return &t.pages[number/statesPerPage][number%statesPerPage]
}

func (t *stateTable) add(owner uint32) uint32 {
	number := t.count
	t.count++
	if int(number/statesPerPage) == len(t.pages) {
		t.pages = append(t.pages, make([]State, statesPerPage))
	}
	*t.at(number) = State{owner: owner}
	return number
}
