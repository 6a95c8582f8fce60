package people

import (
	"ph2cio/internal/fold"
	"ph2cio/internal/identity"
)

// exportedIDs yields the nodes of IDs that have a person in the persons export, with that person. It yields
// nothing without an export.
func exportedIDs(nodes *nodes, yield func(node uint32, person *exportPerson)) {
	if nodes.x.persons == nil {
		return
	}
	for h, m := range nodes.x.persons.byID {
		if node, ok := nodes.of(h); m.person != nil && ok && !m.neverJoins {
			yield(node, m.person)
		}
	}
}

// joinExported joins the IDs that are one person in the persons export. It returns the number of the set of
// the first of its persons.
func joinExported(j *joinings, groups *identity.Groups, f *pairJoins) (firstSet uint32) {
	p := j.nodes.x.persons
	if p == nil {
		return 0
	}
	groups.SetExportTime(p.at())
	firstSet = j.sets
	number := uint32(0)
	exportedIDs(j.nodes, func(node uint32, person *exportPerson) {
		if !person.hasNode() {
			if person.properties {
				groups.SetHasAttributes(node)
			}
			person.setNode(node, number)
			number++
			groups.SetExported(node, person.number)
		}
		groups.Join(person.node-1, node)
		set := firstSet + person.number
		j.addToSet(node, set)
		j.add(&fold.Joining{Target: node, Source: set, At: p.order(), Kind: fold.OfExport})
	})
	for i, person := range f.persons {
		if e := p.byPersonID[person]; e != nil && e.hasNode() {
			groups.Join(e.node-1, uint32(j.nodes.count()+i))
		}
	}
	return firstSet
}
