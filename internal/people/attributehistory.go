package people

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"
)

// attributeHistory folds the attributes of one entity and remembers which row each came from. It goes by the numbers that its IDs
// are given. One goroutine at a time may use it; make one with newAttributeHistory.
type attributeHistory struct {
	keys     *keyTable
	store    attributeStore
	states   map[uint32]uint32 // of IDs, by number, for the store
	joinings []joining
	work     scratch
}

// newAttributeHistory returns an empty history that keeps the properties that keys keeps.
func newAttributeHistory(keys *keyTable) *attributeHistory {
	return &attributeHistory{keys: keys, store: newAttributeStore(keys, nil, math.MaxInt), states: map[uint32]uint32{}}
}

// learn takes a row of one of the IDs, in any order of rows.
func (h *attributeHistory) learn(id uint32, r *attributeRow) {
	h.states[id] = h.store.learn(h.states[id], id, r)
}

// join takes why two IDs are one entity. It keeps what is said several times in a row once.
func (h *attributeHistory) join(j joining) {
	if n := len(h.joinings); n > 0 && j.kind == ofSet && h.joinings[n-1] == j {
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

// attributes returns the final attributes, sorted by name.
func (h *attributeHistory) attributes() []Attribute {
	var states []owned
	for id, number := range h.states {
		if st := h.store.state(number); st != nil {
			one := owned{node: id, state: *st}
			one.buf = bytes.Clone(st.buf)
			states = append(states, one)
		}
	}
	if len(states) == 0 {
		return nil
	}
	slices.SortStableFunc(h.joinings, func(a, b joining) int {
		return cmp.Or(a.at.Order.Compare(&b.at.Order), a.at.compare(&b.at))
	})
	st := h.work.foldIDs(states, h.joinings, h.keys)
	h.work.prune(st, h.keys)
	return st.attributes(h.keys)
}

// attributes applies the log to the snapshot, one change after the other.
func (st *state) attributes(keys *keyTable) []Attribute {
	type value struct {
		text []byte
		at   order
	}
	values := map[string]value{}
	for b := st.buf[:st.log]; len(b) > 0; {
		var p property
		p, b = readProperty(b)
		values[keys.name(p.code, p.inline)] = value{p.value, st.base}
	}
	for log := st.buf[st.log:]; len(log) > 0; {
		row, changes, rest := nextRow(log)
		for log = rest; len(changes) > 0; {
			var p property
			k := kind(changes[0])
			p, changes = readProperty(changes[1:])
			name := keys.name(p.code, p.inline)
			had, has := values[name]
			if text, at, ok := k.apply(had.text, had.at, has, p.value, row); ok {
				values[name] = value{text, at}
			} else {
				delete(values, name)
			}
		}
	}
	var all []Attribute
	for name, v := range values {
		all = append(all, Attribute{name, v.text, v.at.ref})
	}
	slices.SortFunc(all, func(a, b Attribute) int { return strings.Compare(a.Name, b.Name) })
	return all
}
