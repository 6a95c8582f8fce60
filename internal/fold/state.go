package fold

import (
	"bytes"
	"math"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/rawjson"
)

// State is what is known of the attributes of one ID that stood on rows with a person: its newest snapshot,
// and all changes after that snapshot that can still matter. The zero value knows nothing.
//
// The snapshot includes its row's own changes. Rows come in any order, so a snapshot that is read later may
// lie between any two changes; Scratch.Prune says which changes must be kept until then.
type State struct {
	snapshotAt     ChangeOrder  // the place of the snapshot's row
	sum            xxh3.Uint128 // of the snapshot's text and its row's changes: see Row.Hash
	uuid           *personUUID  // nil if no row had one, or the caller does not ask for it
	buf            []byte       // the snapshot's kept properties, then the log of changes
	logStart       uint32       // where in buf the log begins
	owner          uint32       // number of its ID
	hasSnapshot    bool
	snapshotOnDisk bool // the snapshot's properties are on disk already, and not in buf
	unsaved        bool // something of it is not on disk yet
}

// personUUID is PostHog's UUID of a person, and the row that had it, by time and Ref.
type personUUID struct {
	id  rawjson.UUID
	at  int64
	ref uint64
}

// newer reports whether the row of u came after that of o, which may be nil.
func (u *personUUID) newer(o *personUUID) bool {
	return o == nil || u.at > o.at || u.at == o.at && u.ref > o.ref
}

// setUUID keeps the UUID if its row is newer than that of the one before.
func (st *State) setUUID(u *personUUID) {
	if u != nil && u.newer(st.uuid) {
		st.uuid = u
	}
}

// PersonUUID returns PostHog's UUID of the person, false if no row had one or the caller of Learn did not
// pass it.
func (st *State) PersonUUID() (id rawjson.UUID, known bool) {
	if st.uuid == nil {
		return id, false
	}
	return st.uuid.id, true
}

// changedAfter reports whether the snapshot or a row of the log comes after a place.
func (st *State) changedAfter(at *ChangeOrder) bool {
	if st.hasSnapshot && st.snapshotAt.CompareChange(at) > 0 {
		return true
	}
	for log := st.log(); len(log) > 0; {
		row, _, rest := nextRow(log)
		if row.CompareChange(at) > 0 {
			return true
		}
		log = rest
	}
	return false
}

// OnlyExported returns a hash of the snapshot of a state, which is never 0. It returns false if the state has
// anything else than the snapshot of an export.
func (st *State) OnlyExported() (sum uint64, only bool) {
	if !st.hasSnapshot || st.snapshotAt.Stamp != math.MaxInt64 || st.changedAfter(&st.snapshotAt) || len(appendLater(nil, st.log(), &st.snapshotAt)) > 0 {
		return 0, false
	}
	return xxh3.Hash(st.properties()) | 1, true
}

// SnapshotState returns a state that has a snapshot and nothing else, given the properties that are kept, in
// the form in which KeyCache.AppendKept writes them.
func SnapshotState(properties []byte, at ChangeOrder) State {
	return State{hasSnapshot: true, buf: properties, logStart: uint32(len(properties)), snapshotAt: at}
}

// properties and log are the two parts of what the state holds in memory.
func (st *State) properties() []byte { return st.buf[:st.logStart] }
func (st *State) log() []byte        { return st.buf[st.logStart:] }

// setLog replaces the log of changes.
func (st *State) setLog(log []byte) { st.buf = append(st.buf[:st.logStart], log...) }

// appendLog adds changes to the log.
func (st *State) appendLog(row []byte) { st.buf = append(st.buf, row...) }

// setSnapshotRow notes the row of a newer snapshot. It reports whether that row has the same snapshot and
// changes as the row of the snapshot before.
func (st *State) setSnapshotRow(r *Row) (same bool) {
	same = st.hasSnapshot && st.sum == r.sum
	st.snapshotAt, st.sum, st.hasSnapshot = r.At, r.sum, true
	return same
}

// replace replaces the snapshot's properties and the log, which begins at logStart, in the memory that the
// state has where they fit. It returns by how many bytes that memory has grown.
func (st *State) replace(b []byte, logStart int) (grown int) {
	had := cap(st.buf)
	if cap(st.buf) < len(b) || cap(st.buf) > len(b)+len(b)/2+64 {
		st.buf = nil
	}
	st.buf = append(st.buf[:0], b...)
	st.logStart = uint32(logStart)
	return cap(st.buf) - had
}

// grow makes room for more bytes at the end of the log. It returns by how many bytes the memory has grown.
func (st *State) grow(room int) (grown int) {
	buf := make([]byte, 0, len(st.buf)+room)
	grown = cap(buf) - cap(st.buf)
	st.buf = append(buf, st.buf...)
	return grown
}

// propertiesChanged notes that the snapshot's properties differ from those that are on disk.
func (st *State) propertiesChanged() { st.snapshotOnDisk = false }

// change notes that the state is about to differ from what is on disk.
func (st *State) change() { st.unsaved = true }

// release drops what is on disk now, and keeps only the row and the sum of the snapshot.
func (st *State) release() {
	st.buf, st.logStart, st.snapshotOnDisk, st.unsaved = nil, 0, st.hasSnapshot, false
}

// clone returns a state with memory of its own.
func (st *State) clone() State {
	c := *st
	c.buf = bytes.Clone(st.buf)
	return c
}

// combine makes one state of those of two IDs: the newer snapshot, and the changes of both after it. It
// changes one of them and returns that.
func combine(st, o *State) *State {
	later, earlier := st, o
	if o.hasSnapshot && (!st.hasSnapshot || o.snapshotAt.CompareChange(&st.snapshotAt) > 0) {
		later, earlier = o, st
	}
	buf := bytes.Clone(later.buf)
	if later.hasSnapshot {
		buf = appendLater(buf, earlier.log(), &later.snapshotAt)
	} else {
		buf = append(buf, earlier.log()...)
	}
	later.buf = buf
	later.setUUID(earlier.uuid)
	return later
}

// stateTable holds states in pages that never move.
type stateTable struct {
	pages [][]State
	count uint32
}

const statesPerPage = 85 // near 8 KiB, a size the allocator has

// state returns the state of a number. It stays where it is.
func (t *stateTable) state(number uint32) *State {
	return &t.pages[number/statesPerPage][number%statesPerPage]
}

// add makes a state for an ID, and returns its number.
func (t *stateTable) add(owner uint32) uint32 {
	number := t.count
	t.count++
	if int(number/statesPerPage) == len(t.pages) {
		t.pages = append(t.pages, make([]State, statesPerPage))
	}
	*t.state(number) = State{owner: owner}
	return number
}

// clear forgets all states and keeps their memory.
func (t *stateTable) clear() { t.count = 0 }
