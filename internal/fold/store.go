package fold

import (
	"bytes"
	"iter"

	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// Store keeps the states of many IDs, and writes them to disk when it is told to. An ID goes by a small
// number, its owner, and on disk, where numbers do not last, by a name. One goroutine at a time may use it.
// Make one with NewStore.
type Store struct {
	cache        KeyCache
	states       stateTable
	pieces       *spool.Log // states that went to disk, each behind the name of its ID
	bytes        int        // bytes in the buffers of states
	Most         int        // how many bytes of states there may be in memory; more than that are Full
	spilledFirst bool       // what was in memory when the first piece of another store came is among pieces
	work         Scratch
}

// Name stands for an ID on disk.
type Name = [16]byte

// NameSize is how many bytes a name has.
const NameSize = len(Name{})

// NewStore returns an empty store, which is full once its states take more than so many bytes.
func NewStore(keys *Keys, pieces *spool.Log, most int) Store {
	return Store{cache: keys.Cache(), pieces: pieces, Most: most}
}

// Learn takes what a row says of an ID. state is what Learn returned last for that ID, 0 for one without
// attributes. Rows may come in any order.
func (s *Store) Learn(state, owner uint32, r *Row) uint32 {
	if r.UUID != nil {
		state = s.learnUUID(state, owner, r)
	}
	if st := s.state(state); st != nil && st.hasSnapshot && r.At.CompareChange(&st.snapshotAt) <= 0 {
		return state // the newest snapshot was taken after it
	}
	if !r.HasSnapshot() {
		return s.takeChanges(state, owner, r)
	}
	state = s.touch(state, owner)
	s.takeSnapshot(s.state(state), r)
	return state
}

// state returns the state that Learn has returned the number of, nil for 0.
func (s *Store) state(number uint32) *State {
	if number == 0 {
		return nil
	}
	return s.states.state(number - 1)
}

// touch returns the number of a state that is to change, which it makes if there is none.
func (s *Store) touch(number, owner uint32) uint32 {
	if number == 0 {
		number = s.states.add(owner) + 1
	}
	s.state(number).unsaved = true
	return number
}

func (s *Store) learnUUID(state, owner uint32, r *Row) uint32 {
	said := personUUID{at: r.At.At, ref: r.At.Ref}
	if st := s.state(state); st != nil && !said.newer(st.uuid) {
		return state
	}
	var ok bool
	if said.id, ok = rawjson.ParseUUID(r.UUID); ok {
		state = s.touch(state, owner)
		s.state(state).uuid = &said
	}
	return state
}

// takeSnapshot makes the row's snapshot the base, with the row's own changes in it. It is newer than the base
// before.
func (s *Store) takeSnapshot(st *State, r *Row) {
	same := st.hasSnapshot && st.sum == r.sum
	st.snapshotAt, st.sum, st.hasSnapshot = r.At, r.sum, true
	if same && st.logStart == uint32(len(st.buf)) {
		return
	}
	w := &s.work
	if same {
		w.out = append(w.out[:0], st.buf[:st.logStart]...)
	} else {
		w.out = s.cache.AppendKept(w.out[:0], r.Snapshot, r.Members)
		if w.row = s.cache.appendRow(w.row[:0], r); len(w.row) > 0 {
			w.overlay(w.row[rowHeadSize:])
		}
		st.snapshotOnDisk = false
	}
	log := uint32(len(w.out))
	w.out = appendLater(w.out, st.buf[st.logStart:], &r.At)
	had := cap(st.buf)
	st.store(w.out)
	s.bytes += cap(st.buf) - had
	st.logStart = log
	w.shrink()
}

// takeChanges adds the row's changes to the log, if any are kept.
func (s *Store) takeChanges(state, owner uint32, r *Row) uint32 {
	if r.Set == nil && r.SetOnce == nil && r.Unset == nil {
		return state
	}
	w := &s.work
	w.row = s.cache.appendRow(w.row[:0], r)
	if len(w.row) == 0 {
		return state
	}
	state = s.touch(state, owner)
	st := s.state(state)
	if cap(st.buf)-len(st.buf) < len(w.row) {
		s.makeRoom(st, len(w.row))
	}
	st.buf = append(st.buf, w.row...)
	w.shrink()
	return state
}

// makeRoom prunes the log, and if that is not enough gives the buffer more room, so much that pruning stays
// rare.
func (s *Store) makeRoom(st *State, need int) {
	s.work.Prune(st, s.cache.table)
	log := len(st.buf) - int(st.logStart)
	if cap(st.buf)-len(st.buf) >= need+log/4 {
		return
	}
	room := need
	if log > 0 {
		room += max(need, log/2)
	}
	grown := make([]byte, 0, len(st.buf)+room)
	s.bytes += cap(grown) - cap(st.buf)
	st.buf = append(grown, st.buf...)
}

// Full reports whether the states take more memory than Most: then Spill is called for.
func (s *Store) Full() bool { return s.bytes > s.Most }

// Count is how many states there are in memory.
func (s *Store) Count() int { return int(s.states.count) }

// Spill writes all states to disk and keeps only the orders and sums of their snapshots, so that a snapshot
// that comes again unchanged costs nothing. name is asked for the name of each owner.
func (s *Store) Spill(name func(owner uint32) Name) {
	for number := range s.states.count {
		st := s.states.state(number)
		if st.unsaved {
			of := name(st.owner)
			s.work.out = st.appendPiece(append(s.work.out[:0], of[:]...))
			s.pieces.Append(s.work.out)
			s.work.shrink()
		}
		st.buf, st.logStart, st.snapshotOnDisk, st.unsaved = nil, 0, st.hasSnapshot, false
	}
	s.bytes = 0
}

// Forget spills all states and keeps nothing of them in memory: what Learn has returned means nothing any
// more.
func (s *Store) Forget(name func(owner uint32) Name) {
	s.Spill(name)
	s.states.count = 0
}

// DropMemory gives the memory of forgotten states back.
func (s *Store) DropMemory() { s.states = stateTable{} }

// Spilled reports whether there is something on disk: then Each wants all of it there.
func (s *Store) Spilled() bool { return s.pieces.Len() > 0 }

// All yields what has been spilled, for Add of another store. An error is the last thing yielded.
func (s *Store) All() iter.Seq2[[]byte, error] { return s.pieces.All() }

// Add takes a piece that another store has yielded.
func (s *Store) Add(piece []byte, name func(owner uint32) Name) {
	if !s.spilledFirst { // what is in memory was learnt before, and must be whole there
		s.Spill(name)
		s.spilledFirst = true
	}
	s.pieces.Append(piece)
}

// PieceName is the name that a piece begins with.
func PieceName(piece []byte) Name { return Name(piece) }

// Each calls take with the state of every owner, and empties the store. If anything has been spilled, all
// must have been: then find is asked for the owner of a name, one of so many, and false leaves it out.
func (s *Store) Each(owners uint32, find func(Name) (owner uint32, wanted bool), take func(owner uint32, st *State, w *Scratch)) error {
	defer func() { s.states, s.work = stateTable{}, Scratch{} }()
	if !s.Spilled() {
		for i := range s.states.count {
			st := s.states.state(i)
			take(st.owner, st, &s.work)
			st.buf = nil
		}
		return nil
	}
	wholes := make([]*idPieces, owners)
	for entry, err := range s.pieces.All() {
		if err != nil {
			return err
		}
		owner, wanted := find(PieceName(entry))
		if !wanted {
			continue
		}
		if wholes[owner] == nil {
			wholes[owner] = &idPieces{}
		}
		st := readPiece(bytes.Clone(entry[NameSize:]))
		wholes[owner].add(&st)
	}
	s.pieces.Drop()
	for owner, w := range wholes {
		if w != nil {
			take(uint32(owner), &w.State, &s.work)
		}
	}
	return nil
}
