package people

import (
	"bytes"
	"cmp"
	"iter"
	"math"
	"slices"
	"strings"

	"ph2cio/internal/posthog"
)

// History folds the attributes of one person and remembers which row each came from. Make one with NewHistory; it may be
// used from one goroutine at a time.
type History struct {
	index    *Index
	ids      map[string]*historyID
	sets     map[string]uint32 // of IDs that had one person_id, by that
	joinings []joining
	work     scratch
}

// historyID is what is known of one of the person's IDs.
type historyID struct {
	node  uint32
	fact  fact
	shard shard
}

// NewHistory returns an empty history that keeps what an index with these options keeps.
func NewHistory(o Options) *History {
	h := &History{
		index: &Index{options: Options{KeepNull: o.KeepNull}, mostBuf: 1 << 40},
		ids:   map[string]*historyID{}, sets: map[string]uint32{},
	}
	h.index.now = cmp.Or(o.Now, math.MaxInt64)
	h.index.keys.start(&o)
	return h
}

// Add takes a row of the person, in any order of rows, and what became of it if it is a link.
func (h *History) Add(e *posthog.Event, outcome Verdict, linked bool) {
	if e.Personless || string(e.Name) == "$groupidentify" || posthog.FeedsNobody(e.Name) {
		return
	}
	id, at := h.id(e.DistinctID), orderOf(e, h.index.now)
	if e.PersonID != nil {
		set, known := h.sets[string(e.PersonID)]
		if !known {
			set = uint32(len(h.sets))
			h.sets[string(e.PersonID)] = set
		}
		h.join(joining{target: id.node, source: set})
	}
	if linked && (outcome == LinkJoined || outcome == LinkSame) {
		h.join(joining{target: id.node, source: h.id(e.Linked()).node, at: at, kind: ofLink})
	}
	h.index.learnState(&id.shard, 0, &id.fact, e, &at, sumOfChanges(e))
}

// join keeps a joining, once for many rows in a row that say the same.
func (h *History) join(j joining) {
	if n := len(h.joinings); n > 0 && j.kind == ofSet && h.joinings[n-1] == j {
		return
	}
	h.joinings = append(h.joinings, j)
}

func (h *History) id(text []byte) *historyID {
	id := h.ids[string(text)]
	if id == nil {
		id = &historyID{node: uint32(len(h.ids))}
		id.shard.keys.table = &h.index.keys
		h.ids[string(text)] = id
	}
	return id
}

// Attribute is one final attribute of a person.
type Attribute struct {
	Name  string
	Value []byte // JSON
	Ref   uint64 // of the row that set it
}

// Attributes yields the final attributes, sorted by name.
func (h *History) Attributes() iter.Seq[Attribute] {
	var all []Attribute
	var states []owned
	for _, id := range h.ids {
		if st := id.shard.stateOf(&id.fact); st != nil {
			one := owned{node: id.node, state: *st}
			one.buf = bytes.Clone(st.buf)
			states = append(states, one)
		}
	}
	if len(states) > 0 {
		slices.SortStableFunc(h.joinings, func(a, b joining) int {
			return cmp.Or(a.at.Order.Compare(&b.at.Order), a.at.compare(&b.at))
		})
		st := h.work.foldIDs(states, h.joinings, &h.index.keys)
		h.work.prune(st, &h.index.keys)
		all = st.attributes(&h.index.keys)
	}
	return func(yield func(Attribute) bool) {
		for _, a := range all {
			if string(a.Value) == null && !h.index.options.KeepNull {
				continue
			}
			if !yield(a) {
				return
			}
		}
	}
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
