package sentdiff

import (
	"cmp"
	"encoding/json"
	"slices"

	"ph2cio/internal/customerio"
	"ph2cio/internal/rawjson"
)

// Result is where the operations of two runs differ.
type Result struct {
	Same    int64   `json:"same"`
	Changed int64   `json:"changed"`
	Gone    int64   `json:"gone"` // only the first run sends them
	New     int64   `json:"new"`  // only the second run sends them
	Groups  []Group `json:"groups"`
}

// Group counts the operations of one action, and of one name if they are events. The name is that of the
// first run, unless only the second sends it.
type Group struct {
	Action   customerio.Action `json:"action"`
	Name     string            `json:"name,omitempty"` // empty for other actions than events, and for the rest of names
	Same     int64             `json:"same"`
	Changed  int64             `json:"changed"`
	Gone     int64             `json:"gone"`
	New      int64             `json:"new"`
	Examples []Example         `json:"examples,omitempty"`
}

// Example is one operation that differs.
type Example struct {
	Before  json.RawMessage `json:"before,omitempty"`
	After   json.RawMessage `json:"after,omitempty"`
	Members []Member        `json:"members,omitempty"` // that differ, if it is in both
}

// Member is one member that differs; what is empty is not there.
type Member struct {
	Path   string          `json:"member"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

// Differ returns how many operations of the group differ.
func (g *Group) Differ() int64 { return g.Changed + g.Gone + g.New }

// mostGroups bounds the groups; the rest of names count together.
const mostGroups = 1000

// groups counts operations.
type groups struct {
	all   map[groupKey]*Group
	shown [3]int // examples: changed, gone, new
}

type groupKey struct{ action, name string }

// count counts an operation, and keeps it as an example unless there are enough: limit of each kind, of which
// one group has at most a third.
func (g *groups) count(e *Example, limit int) {
	if e.Before == nil && e.After == nil {
		return
	}
	of := g.group(cmpOr(e.Before, e.After))
	kind, n := 0, &of.Changed
	switch {
	case e.Before == nil:
		kind, n = 2, &of.New
	case e.After == nil:
		kind, n = 1, &of.Gone
	case e.Members == nil:
		of.Same++
		return
	}
	if *n++; g.shown[kind] < limit && *n <= int64(max(1, limit/3)) {
		g.shown[kind]++
		of.Examples = append(of.Examples, e.clone())
	}
}

// cmpOr returns the first value, or the second if that is empty.
func cmpOr(a, b []byte) []byte {
	if len(a) > 0 {
		return a
	}
	return b
}

// clone returns a copy of an example, whose bytes are used again.
func (e *Example) clone() Example {
	return Example{Before: slices.Clone(e.Before), After: slices.Clone(e.After), Members: e.Members}
}

// group returns the group of an operation.
func (g *groups) group(operation []byte) *Group {
	var key groupKey
	w := rawjson.Walk(operation)
	for name, value, ok := w.Next(); ok; name, value, ok = w.Next() {
		text, _ := rawjson.PlainText(value)
		switch string(name) {
		case `"action"`:
			key.action = string(text)
		case `"name"`:
			key.name = string(text)
		}
	}
	if key.action != string(customerio.Event) || len(g.all) >= mostGroups && g.all[key] == nil {
		key.name = ""
	}
	if g.all == nil {
		g.all = map[groupKey]*Group{}
	}
	if g.all[key] == nil {
		g.all[key] = &Group{Action: customerio.Action(key.action), Name: key.name}
	}
	return g.all[key]
}

// actions is the order of groups.
var actions = []customerio.Action{customerio.Identify, customerio.Event, customerio.Page, customerio.Screen, customerio.Merge}

// result returns the groups: by action, those with most differences first.
func (g *groups) result() *Result {
	r := &Result{Groups: []Group{}}
	for _, one := range g.all {
		r.Same += one.Same
		r.Changed += one.Changed
		r.Gone += one.Gone
		r.New += one.New
		r.Groups = append(r.Groups, *one)
	}
	slices.SortFunc(r.Groups, func(a, b Group) int {
		byAction := cmp.Compare(slices.Index(actions, a.Action), slices.Index(actions, b.Action))
		return cmp.Or(byAction, cmp.Compare(b.Differ(), a.Differ()), cmp.Compare(a.Name, b.Name))
	})
	return r
}
