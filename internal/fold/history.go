package fold

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"
)

// History folds the attributes of one entity and remembers which row each came from. It goes by the numbers
// that its IDs are given. One goroutine at a time may use it; make one with NewHistory.
type History struct {
	keys     *Keys
	store    Store
	states   map[uint32]uint32 // of IDs, by number, for the store
	joinings []Joining
	work     Scratch
}

// NewHistory returns an empty history that keeps the properties that keys keeps.
func NewHistory(keys *Keys) *History {
	return &History{keys: keys, store: NewStore(keys, nil, math.MaxInt), states: map[uint32]uint32{}}
}

// Learn takes a row of one of the IDs, in any order of rows.
func (h *History) Learn(id uint32, r *Row) {
	h.states[id] = h.store.Learn(h.states[id], id, r)
}

// Join takes why two IDs are one entity. It keeps what is said several times in a row once.
func (h *History) Join(j Joining) {
	if n := len(h.joinings); n > 0 && j.Kind == OfSet && h.joinings[n-1] == j {
		return
	}
	h.joinings = append(h.joinings, j)
}

// Attribute is one final attribute of a person.
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
			one := ownedState{node: id, State: *st}
			one.buf = bytes.Clone(st.buf)
			states = append(states, one)
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

// attributes applies the log to the snapshot, one change after the other.
func (st *State) attributes(keys *Keys) []Attribute {
	type value struct {
		text []byte
		at   ChangeOrder
	}
	values := map[string]value{}
	for b := st.buf[:st.logStart]; len(b) > 0; {
		var p Property
		p, b = ReadProperty(b)
		values[keys.KeyName(p.Code, p.Inline)] = value{p.Value, st.snapshotAt}
	}
	for log := st.buf[st.logStart:]; len(log) > 0; {
		row, changes, rest := nextRow(log)
		for log = rest; len(changes) > 0; {
			var p Property
			k := changeKind(changes[0])
			p, changes = ReadProperty(changes[1:])
			name := keys.KeyName(p.Code, p.Inline)
			had, has := values[name]
			if text, at, ok := k.apply(had.text, had.at, has, p.Value, row); ok {
				values[name] = value{text, at}
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
