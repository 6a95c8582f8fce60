package rulebook

import "slices"

// Resolve applies the rules to a history: first the persons export joins, then shared person_ids, then the
// links in order; after that the groups are final, and the attributes are what a replay of all rows leaves.
// It does not depend on the order of the rows, except that of two changes to attributes at one time and uuid
// the one with the larger Ref comes later. It panics when JSON in the history is no object.
func Resolve(h History) Outcome {
	export := joinExport(open(h))
	pairs := joinSharedPersonIDs(export)
	links := followLinks(export)
	final := linked{export, links}
	replay := newReplayer(final, pairs)
	replay.run()
	o := Outcome{People: map[string]*Person{}, Links: links, Pairs: pairs, Merges: replay.merges}
	by, people := newRanked(final), map[*group]*Person{}
	for id, g := range final.ofID {
		if people[g] == nil {
			people[g] = describe(by, g, replay.persons[g.ids[0]].properties)
		}
		o.People[id] = people[g]
	}
	return o
}

// describe says what there is of a group, whose properties are what the replay has left.
func describe(by ranked, g *group, properties map[string]string) *Person {
	p := &Person{
		IDs:        slices.Sorted(slices.Values(g.ids)),
		Persons:    by.exportPersonsOf(g),
		Kept:       by.keptOf(g),
		Identified: by.isIdentified(g),
		Deleted:    by.isDeleted(g),
		Rejected:   isRejected(by.book, g),
		Attributes: withoutNulls(properties),
	}
	p.ShapeOnly = !p.Identified && slices.ContainsFunc(g.ids, by.isLeftOutByShape)
	p.Visitor = !p.Identified && slices.ContainsFunc(g.ids, by.isLeftOutAsVisitor)
	p.Anonymous = filter(p.IDs, func(id string) bool { return by.isMachineMade(id) && !by.isIdentifiedID(id) })
	by.chooseProfiles(p)
	p.Email = emailOf(p.Attributes)
	for _, id := range g.ids {
		p.Events += len(filter(by.rowsOf(id), func(r Row) bool { return r.Sends }))
	}
	return p
}
