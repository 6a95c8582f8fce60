package people

import (
	"iter"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/posthog"
)

// History folds the attributes of one person and remembers which row each came from. Make one with NewHistory; it may be
// used from one goroutine at a time.
type History struct {
	index *Index
	fact  fact
	shard shard
}

// NewHistory returns an empty history that keeps what an index with these options keeps.
func NewHistory(o Options) *History {
	h := &History{index: &Index{options: Options{KeepNull: o.KeepNull}}}
	h.index.keys.start(&o)
	h.index.mostBuf = 1 << 40
	h.shard.keys.table = &h.index.keys
	return h
}

// Add takes a row of the person, in any order of rows.
func (h *History) Add(e *posthog.Event) {
	if e.Personless || string(e.Name) == "$groupidentify" {
		return
	}
	at := orderOf(e)
	h.index.learnState(&h.shard, 0, &h.fact, e, &at, xxh3.Hash128(e.PersonProperties))
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
	if st := h.shard.stateOf(&h.fact); st != nil {
		h.shard.work.prune(st, &h.index.keys)
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
