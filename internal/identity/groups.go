package identity

import "slices"

// Groups are nodes joined into groups. NewGroups makes them. They must not be used by several goroutines at
// once, except Find once nothing is joined any more.
type Groups struct {
	parent     []uint32
	flags      []flags
	exported   []uint32 // by the root of a group: the export person that it holds, plus one; nil without a persons export
	exportTime int64    // the persons export's time
	counts     Counts
}

// flags are the properties of a node or group that following links needs.
type flags uint8

const (
	hasPerson     flags = 1 << iota // of a node: it has a person so far
	isPerson                        // of a group's root: one of its nodes has a person so far
	identified                      // of a group's root: PostHog takes its person as identified so far
	login                           // of a node: somebody logs in with it at some time
	hasAttributes                   // of a group's root: some row has attributes for its person
	machineMade                     // of a node: a machine made it
)

// NewGroups returns a number of nodes, each alone.
func NewGroups(nodes int) *Groups {
	g := &Groups{parent: make([]uint32, nodes), flags: make([]flags, nodes)}
	for i := range g.parent {
		g.parent[i] = uint32(i)
	}
	return g
}

// Find returns the root of the group of node n, which is the same for all nodes of the group.
func (g *Groups) Find(n uint32) uint32 {
	for g.parent[n] != n {
		n = g.parent[n]
	}
	return n
}

// find is Find, and shortens the path for later calls.
func (g *Groups) find(n uint32) uint32 {
	for g.parent[n] != n {
		g.parent[n] = g.parent[g.parent[n]]
		n = g.parent[n]
	}
	return n
}

// Join makes one group of two unconditionally.
func (g *Groups) Join(a, b uint32) {
	a, b = g.find(a), g.find(b)
	if a == b {
		return
	}
	if a > b { // the smaller number is the root, so that roots do not depend on the order of joining
		a, b = b, a
	}
	g.parent[b] = a
	g.flags[a] |= g.flags[b] & (identified | isPerson | hasAttributes)
	if g.exported != nil && g.exported[a] == 0 {
		g.exported[a] = g.exported[b]
	}
}

// SetHasAttributes records that rows of a node have attributes for its person.
func (g *Groups) SetHasAttributes(n uint32) { g.flags[g.find(n)] |= hasAttributes }

// HasAttributes reports whether rows of any node of a node's group do.
func (g *Groups) HasAttributes(n uint32) bool { return g.flags[g.find(n)]&hasAttributes != 0 }

// Flatten makes every later Find take one step. Nothing may be joined afterwards.
func (g *Groups) Flatten() {
	for n := range g.parent {
		g.parent[n] = g.parent[g.parent[n]] // a parent has a smaller number, and has been flattened
	}
	g.flags = nil
}

// Replace returns for each node the result of f for the root of its group. It must be called after Flatten.
// The result is in the memory of the groups, which must not be used afterwards.
func (g *Groups) Replace(f func(root uint32) uint32) []uint32 {
	out := g.parent
	g.parent, g.flags = nil, nil
	for n := len(out) - 1; n >= 0; n-- { // a root has the smallest number of its group, and so comes last
		out[n] = f(out[n])
	}
	return out
}

// Clone returns a copy of the groups for Find only.
func (g *Groups) Clone() *Groups { return &Groups{parent: slices.Clone(g.parent)} }

// SetExportTime sets the time of the persons export, in unix microseconds. It must be called before anything
// is joined.
func (g *Groups) SetExportTime(exported int64) {
	g.exported = make([]uint32, len(g.parent))
	g.exportTime = exported
}

// SetExported records that a node belongs to a person of the persons export, counted from 0. It must be
// called before all joining, except that of nodes of one such person.
func (g *Groups) SetExported(n, person uint32) { g.exported[g.find(n)] = person + 1 }

// separates reports whether joining two groups at a time would make one person of two in the persons export.
func (g *Groups) separates(a, b uint32, at int64) bool {
	return g.exported != nil && at <= g.exportTime && g.exported[a] != 0 && g.exported[b] != 0 && g.exported[a] != g.exported[b]
}

// Share joins two nodes because rows say that they had one person, the last of these rows at the time latest.
// It returns false if the persons export says otherwise.
func (g *Groups) Share(a, b uint32, latest int64) bool {
	a, b = g.find(a), g.find(b)
	if a != b && g.separates(a, b, latest) {
		g.counts.RefusedShares++
		return false
	}
	g.Join(a, b)
	return true
}

// Counts are the outcomes of links. Each link is counted once: at its first row and, if there is a persons
// export, also at the first row after that.
type Counts struct {
	Joined            int64 `json:"joined"`             // links that joined two groups
	Same              int64 `json:"already_one"`        // links between IDs that were one person already
	AlreadyIdentified int64 `json:"already_identified"` // refused, as PostHog does: two identified people
	PersonsExport     int64 `json:"persons_export"`     // refused, because the persons export has two persons there
	RefusedShares     int64 `json:"refused_person_ids"` // shared person_ids that were refused for the same reason
}

// Counts returns the outcomes of all links so far.
func (g *Groups) Counts() Counts { return g.counts }
