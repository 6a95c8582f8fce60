package identity

import "slices"

// Groups are nodes joined into groups, one for each person. NewGroups makes them; the zero value has no
// nodes. One goroutine at a time may use them. Once nothing is joined any more, many may call Find.
type Groups struct {
	parent     []uint32
	flags      []flags
	exported   []uint32 // by root: its person in the persons export, plus one; nil without an export
	exportTime int64    // of the persons export, in unix microseconds
	counts     Counts
}

// flags are what is known of a node, or of the group of a root.
type flags uint8

const (
	hasPerson     flags = 1 << iota // of a node: it has a person at this point of the order
	isPerson                        // of a root: one of its nodes has a person at this point
	identified                      // of a root: PostHog takes its person as identified at this point
	login                           // of a node: somebody logs in with it, at any time
	hasAttributes                   // of a root: some row has attributes for its person
	machineMade                     // of a node: a machine made it
)

// NewGroups returns groups of a number of nodes, each of which is alone.
func NewGroups(nodes int) *Groups {
	g := &Groups{parent: make([]uint32, nodes), flags: make([]flags, nodes)}
	for i := range g.parent {
		g.parent[i] = uint32(i)
	}
	return g
}

// Find returns the root of the group of node n: one of its nodes, the same for all of them.
func (g *Groups) Find(n uint32) uint32 {
	for g.parent[n] != n {
		n = g.parent[n]
	}
	return n
}

// find does what Find does, and shortens the path for later calls.
func (g *Groups) find(n uint32) uint32 {
	for g.parent[n] != n {
		g.parent[n] = g.parent[g.parent[n]]
		n = g.parent[n]
	}
	return n
}

// Join makes one group of the groups of two nodes, unconditionally.
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

// HasAttributes reports whether rows of any node in the group of node n have attributes.
func (g *Groups) HasAttributes(n uint32) bool { return g.flags[g.find(n)]&hasAttributes != 0 }

// Flatten makes every later Find take one step. Nothing may be joined, and no flag set, afterwards.
func (g *Groups) Flatten() {
	for n := range g.parent {
		g.parent[n] = g.parent[g.parent[n]] // a parent has a smaller number, and has been flattened
	}
	g.flags = nil
}

// Replace returns, for each node, the result of f for the root of its group. It must be called after Flatten.
// The result is in the memory of the groups, which must not be used afterwards.
func (g *Groups) Replace(f func(root uint32) uint32) []uint32 {
	out := g.parent
	g.parent, g.flags = nil, nil
	for n := len(out) - 1; n >= 0; n-- { // a root has the smallest number of its group, and so comes last
		out[n] = f(out[n])
	}
	return out
}

// Clone returns a copy of the groups on which only Find may be called.
func (g *Groups) Clone() *Groups { return &Groups{parent: slices.Clone(g.parent)} }

// SetExportTime sets the time of the persons export, in unix microseconds. It must be called before anything
// is joined.
func (g *Groups) SetExportTime(exported int64) {
	g.exported = make([]uint32, len(g.parent))
	g.exportTime = exported
}

// SetExported records that a node belongs to a person of the persons export; persons are counted from 0. It
// must be called before nodes are joined, except nodes of one such person.
func (g *Groups) SetExported(n, person uint32) { g.exported[g.find(n)] = person + 1 }

// separates reports whether joining two groups at a time would make one person of two in the persons export.
func (g *Groups) separates(a, b uint32, at int64) bool {
	return g.exported != nil && at <= g.exportTime && g.exported[a] != 0 && g.exported[b] != 0 && g.exported[a] != g.exported[b]
}

// Share joins two nodes because rows show that they had one person. latest is the time of the last such row.
// It returns false if the persons export refuses that.
func (g *Groups) Share(a, b uint32, latest int64) bool {
	a, b = g.find(a), g.find(b)
	if a != b && g.separates(a, b, latest) {
		g.counts.RefusedShares++
		return false
	}
	g.Join(a, b)
	return true
}

// Counts returns the counts of all links and shared person_ids so far.
func (g *Groups) Counts() Counts { return g.counts }
