package rulebook

import "slices"

// Settle applies the rules to a history: first the persons export joins, then shared person_ids, then the
// links in order; after that the groups are final, and the attributes are what a replay of all rows leaves.
// It does not depend on the order of the rows, except that of two changes to attributes at one time and uuid
// the one with the larger Ref comes later. It panics when JSON in the history is no object.
func Settle(h History) Outcome {
	b := open(h)
	b.joinExport()
	b.joinSharedPersonIDs()
	b.followLinks()
	b.startReplay()
	b.replay()
	b.directed = b.directedLinks()
	return b.outcome()
}

// book is a history while it is being settled.
type book struct {
	History
	groups
	rows     []Row // those that say something of their distinct ID, in order
	sharing  []Row // those that join their distinct ID with others of their person_id, in order
	exported map[string]exportPerson
	persons  map[string]*replayed // by distinct ID, during the replay
	joining  []Link               // that join two persons in the replay
	merges   []Merge
	pairs    []Pair
	links    []Link // followed so far
	directed []Link // of those, see directedLinks
}

// open finds everybody, each ID alone.
func open(h History) *book {
	b := &book{
		History:  h,
		groups:   newGroups(),
		exported: map[string]exportPerson{},
	}
	for _, r := range inOrder(h.Rows) {
		if speaks(r) {
			b.rows = append(b.rows, r)
			b.id(r.DistinctID)
		}
		if l, ok := linkOf(r); ok {
			b.id(l.Source)
		}
	}
	for _, p := range h.Persons {
		if !Illegal(p.DistinctID) {
			b.id(p.DistinctID)
		}
	}
	return b
}

// speaks reports whether a row says anything of its distinct ID: a $groupidentify does not, nor does an event
// that feeds nobody, and nothing can be said of an illegal ID.
func speaks(r Row) bool {
	return r.Name != "$groupidentify" && !feedsNobody(r.Name) && !Illegal(r.DistinctID)
}

// isPersonRow reports whether a row says that its distinct ID has a person.
func isPersonRow(r Row) bool { return speaks(r) && !r.Personless }

// rowsOf returns the rows of an ID that speak, in order.
func (b *book) rowsOf(id string) []Row {
	return filter(b.rows, func(r Row) bool { return r.DistinctID == id })
}

// personRowsOf returns the person rows of an ID, in order.
func (b *book) personRowsOf(id string) []Row {
	return filter(b.rowsOf(id), isPersonRow)
}

func filter[T any](all []T, keep func(T) bool) []T {
	var kept []T
	for _, each := range all {
		if keep(each) {
			kept = append(kept, each)
		}
	}
	return kept
}

// outcome tells what there is of everybody, once the groups are final.
func (b *book) outcome() Outcome {
	people := map[*group]*Person{}
	o := Outcome{People: map[string]*Person{}, Links: b.links, Pairs: b.pairs, Merges: b.merges}
	for id, g := range b.ofID {
		if people[g] == nil {
			people[g] = b.describe(g)
		}
		o.People[id] = people[g]
	}
	return o
}

func (b *book) describe(g *group) *Person {
	p := &Person{
		IDs:        slices.Sorted(slices.Values(g.ids)),
		Persons:    b.exportPersonsOf(g),
		Kept:       b.keptOf(g),
		Identified: b.isIdentified(g),
		Deleted:    b.isDeleted(g),
		Rejected:   b.isRejected(g),
		Attributes: withoutNulls(b.persons[g.ids[0]].properties),
	}
	p.ShapeOnly = !p.Identified && slices.ContainsFunc(g.ids, b.isHeldBackByShape)
	p.Visitor = !p.Identified && slices.ContainsFunc(g.ids, b.isHeldBackAsVisitor)
	p.Anonymous = filter(p.IDs, func(id string) bool { return b.isMachineMade(id) && !b.isIdentifiedID(id) })
	b.settleProfiles(p)
	p.Email = emailOf(p.Attributes)
	for _, id := range g.ids {
		p.Events += len(filter(b.rowsOf(id), func(r Row) bool { return r.Sends }))
	}
	return p
}
