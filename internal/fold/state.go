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
	snapshotAt     ChangeOrder  // of the snapshot
	sum            xxh3.Uint128 // of its text and its row's changes: see Row.Hash
	uuid           *personUUID  // nil when no row said it, or nobody asks
	buf            []byte       // the snapshot's kept properties, then the log
	logStart       uint32       // where the log starts
	owner          uint32       // number of its ID
	hasSnapshot    bool
	snapshotOnDisk bool // the snapshot's properties are on disk already, and not in buf
	unsaved        bool // something of it is not on disk yet
}

// personUUID is PostHog's UUID of a person, and the row that said so, by time and Ref.
type personUUID struct {
	id  rawjson.UUID
	at  int64
	ref uint64
}

// newer reports whether a row that said s came after the one that said o, which may be nil.
func (s *personUUID) newer(o *personUUID) bool {
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
func SnapshotState(properties []byte, at ChangeOrder) State {
	return State{hasSnapshot: true, buf: properties, logStart: uint32(len(properties)), snapshotAt: at}
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

func (t *stateTable) state(number uint32) *State {
	return &t.pages[number/statesPerPage][number%statesPerPage]
}

func (t *stateTable) add(owner uint32) uint32 {
	number := t.count
	t.count++
	if int(number/statesPerPage) == len(t.pages) {
		t.pages = append(t.pages, make([]State, statesPerPage))
	}
	*t.state(number) = State{owner: owner}
	return number
}
