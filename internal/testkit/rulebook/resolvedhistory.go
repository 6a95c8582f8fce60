package rulebook

import "slices"

// resolvedHistory is a history and its outcome.
type resolvedHistory struct {
	ranked
	outcome Outcome
}

func (l resolvedHistory) everyID() []string {
	var ids []string
	for id := range l.outcome.People {
		ids = append(ids, id)
	}
	return ids
}

func (l resolvedHistory) everyPerson() []*Person {
	var people []*Person
	for id, p := range l.outcome.People {
		if id == p.IDs[0] {
			people = append(people, p)
		}
	}
	return people
}

// rowsOfPerson returns the person rows of all IDs of a person, in the order of their changes.
func (l resolvedHistory) rowsOfPerson(p *Person) []Row {
	rows := filter(l.rows, func(r Row) bool { return isPersonRow(r) && slices.Contains(p.IDs, r.DistinctID) })
	slices.SortFunc(rows, l.compareChanges)
	return rows
}

// different counts the values that are neither the same nor empty.
func different[T any](all []T, value func(T) string) int {
	seen := map[string]bool{}
	for _, each := range all {
		if v := value(each); v != "" {
			seen[v] = true
		}
	}
	return len(seen)
}

func count[T any](all []T, is func(T) bool) int { return len(filter(all, is)) }
