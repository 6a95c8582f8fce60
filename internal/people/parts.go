package people

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sync"

	"ph2cio/internal/identity"
	"ph2cio/internal/spool"
)

// parts fold the attributes of entities that have several IDs. Entities are numbered from 0, and those that follow each other are
// in one part, so that only the attributes of the parts that are being folded are in memory. Make them with newParts.
type parts struct {
	all      []part
	entities int
}

// part is the attributes of some of the entities.
type part struct {
	mu       sync.Mutex
	pieces   *spool.Log // as they come: the entity's number, the ID's node, and a piece
	joinings *spool.Log // the entity's number, and which of its IDs became one
	finals   *spool.Log // the final properties, in order of the entities
}

// partSize is how many entities a part has at most; there are 64 parts at least.
const partSize = 16 << 10

// newParts returns parts without attributes for so many entities.
func newParts(space *spool.Space, entities int) *parts {
	p := &parts{all: make([]part, max(64, entities/partSize)), entities: entities}
	for i := range p.all {
		one := &p.all[i]
		one.pieces, one.finals, one.joinings = space.NewLog(), space.NewLog(), space.NewLog()
	}
	return p
}

// len is how many parts there are.
func (p *parts) len() int { return len(p.all) }

// of is the number of the part that an entity belongs to.
func (p *parts) of(entity uint32) uint32 {
	return uint32(uint64(entity) * uint64(len(p.all)) / uint64(p.entities))
}

// give takes the state of one of an entity's IDs, which goes by its node. Several goroutines may call it.
func (p *parts) give(entity, node uint32, st *state, w *scratch) {
	st.dumped = false
	w.out = binary.LittleEndian.AppendUint32(w.out[:0], entity)
	w.out = st.appendPiece(binary.LittleEndian.AppendUint32(w.out, node))
	part := &p.all[p.of(entity)]
	part.mu.Lock()
	defer part.mu.Unlock()
	part.pieces.Append(w.out)
}

// giveJoining takes what has joined IDs of an entity, as a joining is written, in the order of joining. It is only needed for
// entities of which several IDs have attributes. One goroutine at a time may call it.
func (p *parts) giveJoining(entity uint32, entry []byte) {
	var b [4]byte
	p.all[p.of(entity)].joinings.Append(binary.LittleEndian.AppendUint32(b[:0], entity), entry)
}

// folded is the attributes of an entity, pruned.
type folded struct {
	*state
	updated int64 // the time of the newest row that said something of them, in unix microseconds, identity.NoTime when none did
	work    *scratch
}

// fold calls take with each entity of a part that has attributes. Each part may be folded once, several of them at a time.
func (p *parts) fold(number int, keys *keyTable, take func(entity uint32, f folded)) error {
	part := &p.all[number]
	all, err := part.readStates()
	if err != nil {
		return err
	}
	joinings, err := part.readJoinings()
	if err != nil {
		return err
	}
	var w scratch
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].entity == all[0].entity {
			n++
		}
		states := all[:n]
		all = all[n:]
		f, entity := folded{updated: identity.NoTime, work: &w}, states[0].entity
		for i := range states {
			f.updated = max(f.updated, states[i].updated())
		}
		f.state = w.foldIDs(states, joinings[entity], keys)
		w.prune(f.state, keys)
		w.shrink()
		take(entity, f)
	}
	return nil
}

// owned is a state of one of an entity's IDs.
type owned struct {
	entity, node uint32
	state
}

// readStates returns the states of a part, those of one entity together.
func (p *part) readStates() ([]owned, error) {
	all := make([]owned, 0, p.pieces.Len())
	for entry, err := range p.pieces.All() {
		if err != nil {
			return nil, err
		}
		entity, node := binary.LittleEndian.Uint32(entry), binary.LittleEndian.Uint32(entry[4:])
		all = append(all, owned{entity, node, readPiece(bytes.Clone(entry[8:]))})
	}
	p.pieces.Drop()
	slices.SortStableFunc(all, func(a, b owned) int { return cmp.Compare(a.entity, b.entity) })
	return all, nil
}

// readJoinings returns the joinings of a part, by entity, in the order in which they came.
func (p *part) readJoinings() (map[uint32][]joining, error) {
	all := map[uint32][]joining{}
	for entry, err := range p.joinings.All() {
		if err != nil {
			return nil, err
		}
		entity := binary.LittleEndian.Uint32(entry)
		all[entity] = append(all[entity], readJoining(entry[4:]))
	}
	p.joinings.Drop()
	return all, nil
}

// finish keeps the final properties of an entity that is being folded, sorted by key, and returns where. Null is kept only if
// keepNull says so.
func (p *parts) finish(entity uint32, f folded, keepNull bool, keys *keyTable) spool.Place {
	return p.all[p.of(entity)].finals.Append(f.work.finish(f.state, keepNull, keys))
}

// final is where the final properties of an entity are; the zero value is that of none.
type final struct {
	part  uint32 // plus one
	place spool.Place
}

// final returns where finish has kept something.
func (p *parts) final(entity uint32, place spool.Place) final { return final{p.of(entity) + 1, place} }

// read returns final properties, one behind the other, for readProperty; they are valid until r is used again.
func (p *parts) read(r *spool.Reader, at final) ([]byte, error) {
	if at.part == 0 {
		return nil, nil
	}
	return r.At(p.all[at.part-1].finals, at.place)
}
