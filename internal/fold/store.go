package fold

import (
	"bytes"
	"iter"

	"ph2cio/internal/rawjson"
	"ph2cio/internal/spool"
)

// Store keeps the states of many IDs, and writes them to disk when the caller asks for it. In memory an ID
// has a small number, as the owner of its state; on disk, where numbers do not last, it has a name. One
// goroutine at a time may use a store. NewStore makes one; the zero value must not be used.
type Store struct {
	cache        KeyCache
	states       stateTable
	pieces       *spool.Log // states that went to disk, each after the name of its ID
	bytes        int        // bytes in the buffers of states
	Most         int        // how many bytes of states there may be in memory; more than that are Full
	spilledFirst bool       // Add has been called, and has spilled what was in memory before
	added        int64      // the number of the first piece of Add
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

// Learn adds what a row says of an ID's attributes. state is what Learn returned last for that ID, or 0 if
// the ID has no attributes so far. Rows may come in any order.
func (s *Store) Learn(state, owner uint32, r *Row) uint32 {
	if r.UUID != nil {
		state = s.learnUUID(state, owner, r)
	}
	if st := s.state(state); st != nil && st.hasSnapshot && r.At.CompareChange(&st.snapshotAt) <= 0 {
		return s.takeChanges(state, owner, r, false) // the newest snapshot was taken after it
	}
	if !r.HasSnapshot() {
		return s.takeChanges(state, owner, r, true)
	}
	state = s.touch(state, owner)
	s.takeSnapshot(s.state(state), r)
	return state
}

// state returns the state whose number Learn has returned; nil for 0.
func (s *Store) state(number uint32) *State {
	if number == 0 {
		return nil
	}
	return s.states.state(number - 1)
}

// touch prepares a state for a change: it makes the state if the number is 0. It returns the state's number.
func (s *Store) touch(number, owner uint32) uint32 {
	if number == 0 {
		number = s.states.add(owner) + 1
	}
	s.state(number).change()
	return number
}

// learnUUID keeps the row's person UUID if the row is the newest one that has any.
func (s *Store) learnUUID(state, owner uint32, r *Row) uint32 {
	said := personUUID{at: r.At.At, ref: r.At.Ref}
	if st := s.state(state); st != nil && !said.newer(st.uuid) {
		return state
	}
	if id, ok := rawjson.ParseUUID(r.UUID); ok {
		state = s.touch(state, owner)
		s.state(state).setUUID(&personUUID{id: id, at: r.At.At, ref: r.At.Ref})
	}
	return state
}

// takeSnapshot replaces the state's snapshot by a newer one, that of a row, with the row's own changes in it.
func (s *Store) takeSnapshot(st *State, r *Row) {
	same := st.setSnapshotRow(r)
	if same && len(st.log()) == 0 && !r.Adds() && !s.cache.overtakes(r) {
		return
	}
	w := &s.work
	if same {
		w.out = append(w.out[:0], st.properties()...)
	} else {
		w.out = s.cache.AppendKept(w.out[:0], r.Snapshot, r.Members)
		if w.row = s.cache.appendRow(w.row[:0], r, true, false); len(w.row) > 0 {
			w.overlay(w.row[rowHeadSize:])
		}
		st.propertiesChanged()
	}
	logStart := len(w.out)
	w.out = appendLater(w.out, st.log(), &r.At)
	if r.Adds() || s.cache.overtakes(r) {
		w.out = s.cache.appendRow(w.out, r, false, true)
	}
	s.bytes += st.replace(w.out, logStart)
	w.shrink()
}

// takeChanges adds the row's changes to the log, if any are kept: its own, unless a snapshot hides them, and
// those besides.
func (s *Store) takeChanges(state, owner uint32, r *Row, own bool) uint32 {
	if !r.Adds() && !s.cache.overtakes(r) && (!own || r.Set == nil && r.SetOnce == nil && r.Unset == nil) {
		return state
	}
	w := &s.work
	w.row = s.cache.appendRow(w.row[:0], r, own, true)
	if len(w.row) == 0 {
		return state
	}
	state = s.touch(state, owner)
	st := s.state(state)
	if cap(st.buf)-len(st.buf) < len(w.row) {
		s.makeRoom(st, len(w.row))
	}
	st.appendLog(w.row)
	w.shrink()
	return state
}

// makeRoom prunes the log, and if that is not enough gives the state more memory, so much that pruning stays
// rare.
func (s *Store) makeRoom(st *State, need int) {
	s.work.Prune(st, s.cache.table)
	log := len(st.log())
	if cap(st.buf)-len(st.buf) >= need+log/4 {
		return
	}
	room := need
	if log > 0 {
		room += max(need, log/2)
	}
	s.bytes += st.grow(room)
}

// Full reports whether the states take more memory than Most, so that it is time to call Spill.
func (s *Store) Full() bool { return s.bytes > s.Most }

// Count is how many states there are in memory.
func (s *Store) Count() int { return int(s.states.count) }

// Spill writes all states to disk. In memory it keeps only the places and sums of their snapshots, so that a
// snapshot that comes again unchanged costs nothing. name returns the name of an owner.
func (s *Store) Spill(name func(owner uint32) Name) {
	for number := range s.states.count {
		st := s.states.state(number)
		if st.unsaved {
			of := name(st.owner)
			s.work.out = st.appendPiece(append(s.work.out[:0], of[:]...))
			s.pieces.Append(s.work.out)
			s.work.shrink()
		}
		st.release()
	}
	s.bytes = 0
}

// Forget spills all states and keeps nothing of them in memory. The numbers that Learn has returned are void
// then.
func (s *Store) Forget(name func(owner uint32) Name) {
	s.Spill(name)
	s.states.clear()
}

// DropMemory frees the memory of the states that were forgotten.
func (s *Store) DropMemory() { s.states = stateTable{} }

// Spilled reports whether anything is on disk. Then everything must be spilled before Each is called.
func (s *Store) Spilled() bool { return s.pieces.Len() > 0 }

// All yields the pieces that have been spilled, for Add of another store. An error is the last thing yielded.
func (s *Store) All() iter.Seq2[[]byte, error] { return s.pieces.All() }

// Add adds a piece that All of another store has yielded. It counts as learnt after everything in memory.
func (s *Store) Add(piece []byte, name func(owner uint32) Name) {
	if !s.spilledFirst { // what is in memory was learnt before, and must come before the piece
		s.Spill(name)
		s.spilledFirst, s.added = true, s.pieces.Len()
	}
	s.pieces.Append(piece)
}

// PieceName returns the name of the ID that a piece is of.
func PieceName(piece []byte) Name { return Name(piece) }

// Each calls take with the state of every owner, and empties the store. If anything has been spilled,
// everything must have been: then find returns the owner of a name, a number below owners, or false to leave
// its state out.
func (s *Store) Each(owners uint32, find func(Name) (owner uint32, wanted bool), take func(owner uint32, st *State, w *Scratch)) error {
	defer func() { s.states, s.work = stateTable{}, Scratch{} }()
	if !s.Spilled() {
		for i := range s.states.count {
			st := s.states.state(i)
			take(st.owner, st, &s.work)
			st.release()
		}
		return nil
	}
	all, err := s.readPieces(owners, find)
	if err != nil {
		return err
	}
	for owner, pieces := range all {
		if pieces != nil {
			take(uint32(owner), &pieces.State, &s.work)
		}
	}
	return nil
}

// readPieces reads all pieces into memory, by owner, and drops them.
func (s *Store) readPieces(owners uint32, find func(Name) (owner uint32, wanted bool)) ([]*idPieces, error) {
	all := make([]*idPieces, owners)
	number := int64(-1)
	for entry, err := range s.pieces.All() {
		if err != nil {
			return nil, err
		}
		number++
		owner, wanted := find(PieceName(entry))
		if !wanted {
			continue
		}
		if all[owner] == nil {
			all[owner] = &idPieces{}
		}
		st := readPiece(bytes.Clone(entry[NameSize:]))
		all[owner].notesHidden = s.spilledFirst && number >= s.added
		all[owner].add(&st)
	}
	s.pieces.Drop()
	return all, nil
}

// Condense spills everything, makes one piece of all pieces of each ID, without the changes that cannot matter
// any more, and calls give with it. find returns the owner of a name, a number below owners; the pieces of
// names that it does not know are dropped. All states of the store are in memory meanwhile.
func (s *Store) Condense(owners uint32, name func(owner uint32) Name, find func(Name) (owner uint32, known bool), give func(piece []byte)) error {
	s.Spill(name)
	all, err := s.readPieces(owners, find)
	if err != nil {
		return err
	}
	for owner, pieces := range all {
		if pieces == nil {
			continue
		}
		s.work.Prune(&pieces.State, s.cache.table)
		of := name(uint32(owner))
		s.work.out = pieces.appendWhole(append(s.work.out[:0], of[:]...))
		s.pieces.Append(s.work.out)
		give(s.work.out)
		s.work.shrink()
		all[owner] = nil
	}
	return nil
}
