package fold

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sync"

	"ph2cio/internal/identity"
	"ph2cio/internal/spool"
)

// Parts folds the attributes of entities, each of which may have several IDs. Entities are numbered from 0.
// Those with neighbouring numbers are in one part, so that only the attributes of the parts that are being
// folded are in memory. NewParts makes one; the zero value must not be used.
type Parts struct {
	all          []part
	entities     int
	notesRemoved func(entity uint32) bool // as in NewParts
	export       *newExport               // nil if nobody asks for it
}

// part is the attributes of some of the entities.
type part struct {
	mu       sync.Mutex
	pieces   *spool.Log // in the order of Give: the entity's number, the ID's node, and a piece
	joinings *spool.Log // the entity's number, and a Joining of its IDs
	finals   *spool.Log // the final properties, in order of the entities
}

// partSize is how many entities a part has at most; there are 64 parts at least.
const partSize = 16 << 10

// NewParts returns parts for a number of entities, which have no attributes yet. Its logs are in space.
// notesRemoved reports whether the final properties of an entity include those that it had before and has no
// more: see Property.Removed. It is called from many goroutines; nil means that none do.
func NewParts(space *spool.Space, entities int, notesRemoved func(entity uint32) bool) *Parts {
	if notesRemoved == nil {
		notesRemoved = func(uint32) bool { return false }
	}
	p := &Parts{all: make([]part, max(64, entities/partSize)), entities: entities, notesRemoved: notesRemoved}
	for i := range p.all {
		one := &p.all[i]
		one.pieces, one.finals, one.joinings = space.NewLog(), space.NewLog(), space.NewLog()
	}
	return p
}

// Len is how many parts there are.
func (p *Parts) Len() int { return len(p.all) }

// of is the number of the part that an entity belongs to.
func (p *Parts) of(entity uint32) uint32 {
	return uint32(uint64(entity) * uint64(len(p.all)) / uint64(p.entities))
}

// Give adds the state of one of an entity's IDs; node is the number of that ID in Joinings. w is scratch
// memory. Several goroutines may call Give, each with a scratch of its own.
func (p *Parts) Give(entity, node uint32, st *State, w *Scratch) {
	w.out = binary.LittleEndian.AppendUint32(w.out[:0], entity)
	w.out = st.appendWhole(binary.LittleEndian.AppendUint32(w.out, node))
	part := &p.all[p.of(entity)]
	part.mu.Lock()
	defer part.mu.Unlock()
	part.pieces.Append(w.out)
}

// GiveJoining adds a joining of an entity's IDs, as Joining.Append writes it. Joinings must be given in the
// order in which the IDs were joined. They are only needed for entities of which several IDs have attributes.
// One goroutine at a time may call it.
func (p *Parts) GiveJoining(entity uint32, entry []byte) {
	var b [4]byte
	p.all[p.of(entity)].joinings.Append(binary.LittleEndian.AppendUint32(b[:0], entity), entry)
}

// Folded is the attributes of an entity, as a pruned state. It is valid until the function that Fold called
// returns.
type Folded struct {
	*State
	Updated int64  // unix microseconds of the newest row that has any of them; identity.NoTime without a time
	before  []byte // properties that the IDs had, if there are several; see Scratch.finish
	work    *Scratch
}

// Fold calls take with each entity of a part that has attributes, one after the other. Each part may be
// folded once; several goroutines may fold different parts. An error is trouble with the disk.
func (p *Parts) Fold(number int, keys *Keys, take func(entity uint32, f Folded)) error {
	part := &p.all[number]
	all, err := part.readStates()
	if err != nil {
		return err
	}
	joinings, err := part.readJoinings()
	if err != nil {
		return err
	}
	var w Scratch
	var before []byte
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].entity == all[0].entity {
			n++
		}
		states := all[:n]
		all = all[n:]
		f, entity := Folded{Updated: identity.NoTime, work: &w}, states[0].entity
		if len(states) > 1 && p.notesRemoved(entity) {
			f.before = before[:0]
			for i := range states {
				f.before = appendKeys(f.before, &states[i].State)
			}
			before = f.before
		}
		if p.export != nil {
			p.export.look(states)
		}
		for i := range states {
			f.Updated = max(f.Updated, states[i].updated())
		}
		f.State = w.foldIDs(states, joinings[entity], keys)
		w.Prune(f.State, keys)
		w.shrink()
		take(entity, f)
	}
	return nil
}

// readStates returns the states of a part; those of one entity follow each other.
func (p *part) readStates() ([]ownedState, error) {
	all := make([]ownedState, 0, p.pieces.Len())
	for entry, err := range p.pieces.All() {
		if err != nil {
			return nil, err
		}
		entity, node := binary.LittleEndian.Uint32(entry), binary.LittleEndian.Uint32(entry[4:])
		all = append(all, ownedState{entity, node, readPiece(bytes.Clone(entry[8:]))})
	}
	p.pieces.Drop()
	slices.SortStableFunc(all, func(a, b ownedState) int { return cmp.Compare(a.entity, b.entity) })
	return all, nil
}

// readJoinings returns the joinings of a part, by entity, in the order in which they came.
func (p *part) readJoinings() (map[uint32][]Joining, error) {
	all := map[uint32][]Joining{}
	for entry, err := range p.joinings.All() {
		if err != nil {
			return nil, err
		}
		entity := binary.LittleEndian.Uint32(entry)
		all[entity] = append(all[entity], ReadJoining(entry[4:]))
	}
	p.joinings.Drop()
	return all, nil
}

// Finish writes the final properties of an entity that is being folded, sorted by key, and returns their
// place.
func (p *Parts) Finish(entity uint32, f Folded, keepNull bool, keys *Keys) spool.Place {
	how := finishing{keepNull: keepNull, removed: p.notesRemoved(entity)}
	return p.all[p.of(entity)].finals.Append(f.work.finish(f.State, how, f.before, keys))
}

// Final is where the final properties of an entity are. The zero value is for an entity without properties.
type Final struct {
	part  uint32 // plus one
	place spool.Place
}

// Final returns where the properties of an entity are, given the place that Finish returned.
func (p *Parts) Final(entity uint32, place spool.Place) Final { return Final{p.of(entity) + 1, place} }

// Read returns the final properties of an entity, one after the other, for ReadProperty. They are valid until
// r is used again. An error is trouble with the disk.
func (p *Parts) Read(r *spool.Reader, at Final) ([]byte, error) {
	if at.part == 0 {
		return nil, nil
	}
	return r.At(p.all[at.part-1].finals, at.place)
}
