package fold

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
)

// History folds the attributes of one entity and remembers which row set each of them. The caller numbers the
// entity's IDs. One goroutine at a time may use it. NewHistory makes one; the zero value must not be used.
type History struct {
	keys     *Keys
	store    Store
	states   map[uint32]uint32 // by the number of an ID: what Store.Learn returned last for it
	joinings []Joining
	work     Scratch
}

// NewHistory returns an empty history of those properties that keys keeps.
func NewHistory(keys *Keys) *History {
	return &History{keys: keys, store: NewStore(keys, nil, math.MaxInt), states: map[uint32]uint32{}}
}

// Learn adds a row of one of the IDs. Rows may come in any order.
func (h *History) Learn(id uint32, r *Row) {
	h.states[id] = h.store.Learn(h.states[id], id, r)
}

// Join adds a reason why two IDs are one entity. It drops a set that repeats the joining before.
func (h *History) Join(j Joining) {
	if n := len(h.joinings); n > 0 && j.Kind == OfSet && h.joinings[n-1] == j {
		return
	}
	h.joinings = append(h.joinings, j)
}

// Attribute is one final attribute of an entity.
type Attribute struct {
	Name  string
	Value []byte // JSON
	Ref   uint64 // of the row that set it
}

// Attributes returns the final attributes, sorted by name.
func (h *History) Attributes() []Attribute {
	var states []ownedState
	for id, number := range h.states {
		if st := h.store.state(number); st != nil {
			states = append(states, ownedState{node: id, State: st.clone()})
		}
	}
	if len(states) == 0 {
		return nil
	}
	slices.SortStableFunc(h.joinings, func(a, b Joining) int {
		return cmp.Or(a.At.Order.Compare(&b.At.Order), a.At.CompareChange(&b.At))
	})
	st := h.work.foldIDs(states, h.joinings, h.keys)
	h.work.Prune(st, h.keys)
	return st.attributes(h.keys)
}

// attributes applies the log to the snapshot, one change after the other, and returns the attributes sorted
// by name.
func (st *State) attributes(keys *Keys) []Attribute {
	type value struct {
		text []byte
		at   ChangeOrder
		by   changeKind
	}
	values := map[string]value{}
	for b := st.properties(); len(b) > 0; {
		var p Property
		p, b = ReadProperty(b)
		values[keys.KeyName(p.Code, p.Inline)] = value{p.Value, st.snapshotAt, set}
	}
	snapshot := maps.Clone(values)
	for log := st.log(); len(log) > 0; {
		row, changes, rest := nextRow(log)
		for log = rest; len(changes) > 0; {
			var p Property
			k := changeKind(changes[0])
			p, changes = ReadProperty(changes[1:])
			name := keys.KeyName(p.Code, p.Inline)
			had, has := values[name]
			text, at, ok, by := had.text, had.at, has, k.after(had.by, had.text, has)
			if k == overtake && had.by.isAdded() {
				had, ok = snapshot[name]
				text, at, by = had.text, had.at, set
			} else {
				text, at, ok = k.apply(text, at, ok, p.Value, row)
			}
			if ok {
				values[name] = value{text, at, by}
			} else {
				delete(values, name)
			}
		}
	}
	var all []Attribute
	for name, v := range values {
		all = append(all, Attribute{name, v.text, v.at.Ref})
	}
	slices.SortFunc(all, func(a, b Attribute) int { return strings.Compare(a.Name, b.Name) })
	return all
}
