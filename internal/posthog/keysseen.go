package posthog

import (
	"encoding/json"
	"maps"
	"slices"
)

// keysSeen are the keys of the first rows of a JSON file.
type keysSeen struct {
	keys    map[string]bool
	objects int
	other   *refusal // the refusal of the first object without an event
}

func newKeysSeen() *keysSeen { return &keysSeen{keys: map[string]bool{}} }

// add adds the keys of a row. It ignores text that is no object.
func (s *keysSeen) add(text []byte) {
	var keys map[string]json.RawMessage
	if len(text) == 0 || text[0] != '{' || json.Unmarshal(text, &keys) != nil {
		return
	}
	s.objects++
	for key := range keys {
		s.keys[key] = true
	}
	if s.other == nil && keys["event"] == nil {
		s.other = foreignJSON(keys)
	}
}

func (s *keysSeen) has(name string) bool { return s.keys[name] }

// hasEvent reports whether one of the rows has an `event`, under whatever name.
func (s *keysSeen) hasEvent(r renaming) bool {
	for name, field := range r {
		if string(field.to) == "event" && s.keys[name] {
			return true
		}
	}
	return s.keys["event"] && r["event"].to == nil
}

// refuse refuses rows that are objects without any event among them. It returns nil if there are no objects.
func (s *keysSeen) refuse(r renaming) *refusal {
	switch {
	case s.objects == 0 || s.hasEvent(r):
		return nil
	case s.other != nil:
		return s.other
	}
	return refuse("the first rows have no `event` key; their keys are "+listed(slices.Sorted(maps.Keys(s.keys))), hintColumns)
}

// mostSeen is how many rows are examined to recognise their kind.
const mostSeen = 100
