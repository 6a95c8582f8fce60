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

// joinExport joins each ID of the persons export with its person.
func (b *book) joinExport() {
	for id := range b.ofID {
		if !b.isExported(id) {
			continue
		}
		r, _ := b.countingRow(id)
		b.exported[r.PersonID] = b.newest(r.PersonID)
		b.join(b.id(id), b.person(r.PersonID))
	}
}

// isExported reports whether an ID has a person in the persons export.
func (b *book) isExported(id string) bool {
	r, ok := b.countingRow(id)
	return ok && !r.MappingDeleted && joins(id)
}

// countingRow returns the one row that counts of those for an ID: that with the highest version, then person version, then
// person_id.
func (b *book) countingRow(id string) (PersonRow, bool) {
	rows := filter(b.Persons, func(r PersonRow) bool { return r.DistinctID == id })
	if len(rows) == 0 {
		return PersonRow{}, false
	}
	return slices.MaxFunc(rows, func(a, b PersonRow) int {
		return cmp.Or(
			cmp.Compare(a.Version, b.Version),
			cmp.Compare(a.PersonVersion, b.PersonVersion),
			cmp.Compare(a.PersonID, b.PersonID),
		)
	}), true
}

// newest returns what the row with the highest person version says of a person.
func (b *book) newest(person string) exportPerson {
	r := slices.MaxFunc(
		filter(b.Persons, func(r PersonRow) bool { return r.PersonID == person && !Illegal(r.DistinctID) }),
		func(a, b PersonRow) int { return cmp.Compare(a.PersonVersion, b.PersonVersion) })
	return exportPerson{identified: r.IsIdentified, deleted: r.IsDeleted, properties: r.Properties}
}

// exportPersonsOf returns the export persons in a group, sorted.
func (b *book) exportPersonsOf(g *group) []string {
	persons := filter(g.persons, func(person string) bool {
		_, ok := b.exported[person]
		return ok
	})
	slices.Sort(persons)
	return persons
}

// wouldFuse reports whether joining two groups would put different export persons into one.
func (b *book) wouldFuse(t, s *group) bool {
	return t != s && len(b.exportPersonsOf(t)) > 0 && len(b.exportPersonsOf(s)) > 0
}

// isDeleted reports whether PostHog has deleted the person: it has export persons, and all of them are deleted.
func (b *book) isDeleted(g *group) bool {
	persons := b.exportPersonsOf(g)
	return len(persons) > 0 && !slices.ContainsFunc(persons, func(person string) bool { return !b.exported[person].deleted })
}
