package people

import (
	"cmp"
	"iter"
	"math"

	"ph2cio/internal/fold"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// History folds the attributes of one person and remembers which row set each of them. One goroutine at a
// time may use it. NewHistory makes one; the zero value must not be used.
type History struct {
	attributes *fold.History
	ids        map[string]uint32 // numbers of the IDs
	sets       map[string]uint32 // numbers of the person_ids
	now        int64
	keepNull   bool
}

// NewHistory returns an empty history, which keeps what an index with these options keeps.
func NewHistory(o Options) *History {
	return &History{
		attributes: fold.NewHistory(keysOf(&o)), ids: map[string]uint32{}, sets: map[string]uint32{},
		now: cmp.Or(o.Now, math.MaxInt64), keepNull: o.KeepNull,
	}
}

// Add adds a row of the person. Rows may come in any order. linked says that the row is a link, and outcome
// what became of it.
func (h *History) Add(e *posthog.Event, outcome Verdict, linked bool) {
	if e.Personless || string(e.Name) == "$groupidentify" || posthog.WithoutPerson(e.Name) {
		return
	}
	id, at := h.id(e.DistinctID), orderOf(e, h.now)
	if e.PersonID != nil {
		set, known := h.sets[string(e.PersonID)]
		if !known {
			set = uint32(len(h.sets))
			h.sets[string(e.PersonID)] = set
		}
		h.attributes.Join(fold.Joining{Target: id, Source: set})
	}
	if linked && (outcome == LinkJoined || outcome == LinkSame) {
		h.attributes.Join(fold.Joining{Target: id, Source: h.id(e.Linked()), At: at, Kind: fold.OfLink})
	}
	row := attributeRowOf(e, &at, h.now, false)
	h.attributes.Learn(id, &row)
}

// id returns the number of an ID.
func (h *History) id(text []byte) uint32 {
	id, known := h.ids[string(text)]
	if !known {
		id = uint32(len(h.ids))
		h.ids[string(text)] = id
	}
	return id
}

// Attributes yields the final attributes, sorted by name. Null is left out without Options.KeepNull.
func (h *History) Attributes() iter.Seq[fold.Attribute] {
	return func(yield func(fold.Attribute) bool) {
		for _, a := range h.attributes.Attributes() {
			if rawjson.IsNull(a.Value) && !h.keepNull {
				continue
			}
			if !yield(a) {
				return
			}
		}
	}
}
