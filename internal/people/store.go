package people

import (
	"bytes"
	"iter"

	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// attributeStore keeps the states of many IDs, and writes them to disk when it is told to. An ID goes by a small number, its owner,
// and on disk, where numbers do not last, by a name. One goroutine at a time may use it. Make one with newAttributeStore.
type attributeStore struct {
	cache  keyCache
	states stateTable
	pieces *spool.Log // states that went to disk, each behind the name of its ID
	held   int        // bytes in the buffers of states
	most   int        // at which they are too many
	whole  bool       // what was in memory when the first piece of another store came is among pieces
	work   scratch
}

// ownerName stands for an ID on disk.
type ownerName = [16]byte

const ownerNameSize = len(ownerName{})

// newAttributeStore returns an empty store, which is full once its states take more than so many bytes.
func newAttributeStore(keys *keyTable, pieces *spool.Log, most int) attributeStore {
	return attributeStore{cache: keys.cache(), pieces: pieces, most: most}
}

// learn takes what a row says of an ID. state is what learn returned last for that ID, 0 for one without attributes. Rows may
// come in any order.
func (s *attributeStore) learn(state, owner uint32, r *attributeRow) uint32 {
	if r.uuid != nil {
		state = s.learnUUID(state, owner, r)
	}
	if st := s.state(state); st != nil && st.hasBase && r.at.compare(&st.base) <= 0 {
		return state // the newest snapshot was taken after it
	}
	if !r.hasSnapshot() {
		return s.takeChanges(state, owner, r)
	}
	state = s.touch(state, owner)
	s.takeSnapshot(s.state(state), r)
	return state
}

// state returns what learn has returned the number of, nil for 0.
func (s *attributeStore) state(number uint32) *state {
	if number == 0 {
		return nil
	}
	return s.states.at(number - 1)
}

// touch returns the number of a state that is to change, which it makes if there is none.
func (s *attributeStore) touch(number, owner uint32) uint32 {
	if number == 0 {
		number = s.states.add(owner) + 1
	}
	s.state(number).touched = true
	return number
}

func (s *attributeStore) learnUUID(state, owner uint32, r *attributeRow) uint32 {
	said := saidUUID{at: r.at.At, ref: r.at.ref}
	if st := s.state(state); st != nil && !said.newer(st.uuid) {
		return state
	}
	var ok bool
	if said.id, ok = rawjson.ParseUUID(r.uuid); ok {
		state = s.touch(state, owner)
		s.state(state).uuid = &said
	}
	return state
}

// takeSnapshot makes the row's snapshot the base, with the row's own changes in it. It is newer than the base
// before.
func (s *attributeStore) takeSnapshot(st *state, r *attributeRow) {
	same := st.hasBase && st.sum == r.sum
	st.base, st.sum, st.hasBase = r.at, r.sum, true
	if same && st.log == uint32(len(st.buf)) {
		return
	}
	w := &s.work
	if same {
		w.out = append(w.out[:0], st.buf[:st.log]...)
	} else {
		w.out = s.cache.appendKept(w.out[:0], r.snapshot, r.members)
		if w.row = s.cache.appendRow(w.row[:0], r); len(w.row) > 0 {
			w.overlay(w.row[rowHeadSize:])
		}
		st.dumped = false
	}
	log := uint32(len(w.out))
	w.out = appendLater(w.out, st.buf[st.log:], &r.at)
	had := cap(st.buf)
	st.store(w.out)
	s.held += cap(st.buf) - had
	st.log = log
	w.shrink()
}

// takeChanges adds the row's changes to the log, if any are kept.
func (s *attributeStore) takeChanges(state, owner uint32, r *attributeRow) uint32 {
	if r.set == nil && r.setOnce == nil && r.unset == nil {
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

// makeRoom prunes the log, and if that is not enough gives the buffer more room, so much that pruning stays rare.
func (s *attributeStore) makeRoom(st *state, need int) {
	s.work.prune(st, s.cache.table)
	log := len(st.buf) - int(st.log)
	if cap(st.buf)-len(st.buf) >= need+log/4 {
		return
	}
	room := need
	if log > 0 {
		room += max(need, log/2)
	}
	grown := make([]byte, 0, len(st.buf)+room)
	s.held += cap(grown) - cap(st.buf)
	st.buf = append(grown, st.buf...)
}

// full reports whether the states take more memory than they should: then spill.
func (s *attributeStore) full() bool { return s.held > s.most }

// count is how many states there are in memory.
func (s *attributeStore) count() int { return int(s.states.count) }

// spill writes all states to disk and keeps only the orders and sums of their snapshots, so that a snapshot that comes again
// unchanged costs nothing. name is asked for the name of each owner.
func (s *attributeStore) spill(name func(owner uint32) ownerName) {
	for number := range s.states.count {
		st := s.states.at(number)
		if st.touched {
			of := name(st.owner)
			s.work.out = st.appendPiece(append(s.work.out[:0], of[:]...))
			s.pieces.Append(s.work.out)
			s.work.shrink()
		}
		st.buf, st.log, st.dumped, st.touched = nil, 0, st.hasBase, false
	}
	s.held = 0
}

// forget spills all states and keeps nothing of them in memory: what learn has returned means nothing any more.
func (s *attributeStore) forget(name func(owner uint32) ownerName) {
	s.spill(name)
	s.states.count = 0
}

// dropMemory gives the memory of forgotten states back.
func (s *attributeStore) dropMemory() { s.states = stateTable{} }

// spilled reports whether there is something on disk: then each wants all of it there.
func (s *attributeStore) spilled() bool { return s.pieces.Len() > 0 }

// all yields what has been spilled, for add of another store. An error is the last thing yielded.
func (s *attributeStore) all() iter.Seq2[[]byte, error] { return s.pieces.All() }

// add takes a piece that another store has yielded.
func (s *attributeStore) add(piece []byte, name func(owner uint32) ownerName) {
	if !s.whole { // what is in memory was learnt before, and must be whole there
		s.spill(name)
		s.whole = true
	}
	s.pieces.Append(piece)
}

// pieceName is the name that a piece begins with.
func pieceName(piece []byte) ownerName { return ownerName(piece) }

// each calls take with the state of every owner, and empties the store. If anything has been spilled, all must have been: then
// find is asked for the owner of a name, one of so many, and false leaves it out.
func (s *attributeStore) each(owners uint32, find func(ownerName) (owner uint32, wanted bool), take func(owner uint32, st *state, w *scratch)) error {
	defer func() { s.states, s.work = stateTable{}, scratch{} }()
	if !s.spilled() {
		for i := range s.states.count {
			st := s.states.at(i)
			take(st.owner, st, &s.work)
			st.buf = nil
		}
		return nil
	}
	wholes := make([]*whole, owners)
	for entry, err := range s.pieces.All() {
		if err != nil {
			return err
		}
		owner, wanted := find(pieceName(entry))
		if !wanted {
			continue
		}
		if wholes[owner] == nil {
			wholes[owner] = &whole{}
		}
		st := readPiece(bytes.Clone(entry[ownerNameSize:]))
		wholes[owner].add(&st)
	}
	s.pieces.Drop()
	for owner, w := range wholes {
		if w != nil {
			take(uint32(owner), &w.state, &s.work)
		}
	}
	return nil
}
