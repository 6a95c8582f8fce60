package transfer

import (
	"cmp"
	"slices"

	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// SkippedEvent is an event name that begins with a $, whose rows are skipped as noise.
type SkippedEvent struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
	// PerhapsYours says that PostHog does not document the name: it may be one of the customer's own.
	PerhapsYours bool `json:"perhaps_yours"`
	// Events is the value of --events that sends it too; empty when it cannot be typed.
	Events string `json:"events,omitempty"`
}

// These bound the memory, since names may contain IDs, so that there are as many names as rows.
const (
	maxSkippedNames      = 1000
	maxSkippedNameLength = 1024 // bytes
)

// skippedNames count skipped rows by the name of their event. Rows of names that are too long, or that come
// after the first maxSkippedNames, are counted together.
type skippedNames struct {
	rows   map[string]*int64
	order  []string // the names, as they first came
	beyond int64    // rows of other names
}

func (s *skippedNames) add(name []byte, rows int64) {
	if counted := s.rows[string(name)]; counted != nil {
		*counted += rows
		return
	}
	if len(s.order) >= maxSkippedNames || len(name) > maxSkippedNameLength {
		s.beyond += rows
		return
	}
	if s.rows == nil {
		s.rows = map[string]*int64{}
	}
	text := string(name)
	s.rows[text] = &rows
	s.order = append(s.order, text)
}

// merge adds the counts of rows that come later in reading order.
func (s *skippedNames) merge(next *skippedNames) {
	for _, name := range next.order {
		s.add([]byte(name), *next.rows[name])
	}
	s.beyond += next.beyond
}

// list returns the names that were counted: those that may be the customer's own first, then the most
// frequent. beyond is how many rows have other names.
func (s *skippedNames) list(rules *mapping.Rules) (all []SkippedEvent, beyond int64) {
	for _, name := range s.order {
		yours := !posthog.Documented([]byte(name))
		all = append(all, SkippedEvent{name, *s.rows[name], yours, rules.EventsWith(name)})
	}
	slices.SortFunc(all, func(a, b SkippedEvent) int {
		if a.PerhapsYours != b.PerhapsYours {
			return map[bool]int{true: -1, false: 1}[a.PerhapsYours]
		}
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Name, b.Name))
	})
	return all, s.beyond
}
