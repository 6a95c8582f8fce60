package people

import (
	"cmp"
	"iter"
	"math"

	"ph2cio/internal/fold"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// History folds the attributes of one person and remembers which row each came from. Make one with
// NewHistory; it may be used from one goroutine at a time.
type History struct {
	attributes *fold.History
	ids        map[string]uint32 // numbers
	sets       map[string]uint32 // of IDs that had one person_id, by that
	now        int64
	keepNull   bool
}

// NewHistory returns an empty history that keeps what an index with these options keeps.
func NewHistory(o Options) *History {
	return &History{
		attributes: fold.NewHistory(keysOf(&o)), ids: map[string]uint32{}, sets: map[string]uint32{},
		now: cmp.Or(o.Now, math.MaxInt64), keepNull: o.KeepNull,
	}
}

// Add takes a row of the person, in any order of rows, and what became of it if it is a link.
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

func (h *History) id(text []byte) uint32 {
	id, known := h.ids[string(text)]
	if !known {
		id = uint32(len(h.ids))
		h.ids[string(text)] = id
	}
	return id
}

// Attributes yields the final attributes, sorted by name.
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
