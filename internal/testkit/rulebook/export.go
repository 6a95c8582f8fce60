package rulebook

import (
	"cmp"
	"slices"
)

// exportPerson is a person whom the persons export joins with a distinct ID.
type exportPerson struct {
	identified, deleted bool
	properties          string
}

// export is a book whose IDs the persons export has joined. It knows what the export says of its persons.
type export struct {
	*book
	exported map[string]exportPerson // by person_id
}

// joinExport joins each ID of the persons export with its person.
func joinExport(b *book) export {
	e := export{b, map[string]exportPerson{}}
	for id := range b.ofID {
		if !b.isExported(id) {
			continue
		}
		r, _ := b.countingRow(id)
		e.exported[r.PersonID] = newestOf(b, r.PersonID)
		b.join(b.id(id), b.person(r.PersonID))
	}
	return e
}

// newestOf returns what the row with the highest person version says of a person.
func newestOf(b *book, person string) exportPerson {
	r := slices.MaxFunc(
		filter(b.Persons, func(r PersonRow) bool { return r.PersonID == person && !Illegal(r.DistinctID) }),
		func(a, b PersonRow) int { return cmp.Compare(a.PersonVersion, b.PersonVersion) })
	return exportPerson{identified: r.IsIdentified, deleted: r.IsDeleted, properties: r.Properties}
}

// exportPersonsOf returns the export persons in a group, sorted.
func (e export) exportPersonsOf(g *group) []string {
	persons := filter(g.persons, func(person string) bool {
		_, ok := e.exported[person]
		return ok
	})
	slices.Sort(persons)
	return persons
}

// wouldJoinTwo reports whether joining two groups would put different export persons into one.
func (e export) wouldJoinTwo(t, s *group) bool {
	return t != s && len(e.exportPersonsOf(t)) > 0 && len(e.exportPersonsOf(s)) > 0
}

// isDeleted reports whether PostHog has deleted the person: it has export persons, and all of them are
// deleted.
func (e export) isDeleted(g *group) bool {
	persons := e.exportPersonsOf(g)
	return len(persons) > 0 && !slices.ContainsFunc(persons, func(person string) bool { return !e.exported[person].deleted })
}
