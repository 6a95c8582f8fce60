package rulebook

import "slices"

// Kinds counts how often each kind of trouble occurs in a history and its outcome, found by looking at them. A kind that
// does not occur is there with 0.
func Kinds(h History, o Outcome) map[string]int {
	l := look{open(h), o}
	l.links = o.Links
	l.links = o.Links
	l.directed = l.directedLinks()
	counts := map[string]int{}
	for kind, is := range kindsOfLinks {
		counts[kind] = count(o.Links, func(link Link) bool { return is(l, link) })
	}
	for kind, is := range kindsOfPairs {
		counts[kind] = count(o.Pairs, is)
	}
	for kind, is := range kindsOfMerges {
		counts[kind] = count(o.Merges, func(m Merge) bool { return is(l, m) })
	}
	for kind, is := range kindsOfChanges {
		counts[kind] = count(h.Rows, func(r Row) bool { return is(l, r) })
	}
	for kind, is := range kindsOfRows {
		counts[kind] = count(h.Rows, func(r Row) bool { return is(l, r) })
	}
	for kind, is := range kindsOfIDs {
		counts[kind] = count(l.everyID(), func(id string) bool { return is(l, id) })
	}
	for _, kinds := range []map[string]func(look, *Person) bool{kindsOfPeople, kindsOfProfiles} {
		for kind, is := range kinds {
			counts[kind] = count(l.everyPerson(), func(p *Person) bool { return is(l, p) })
		}
	}
	return counts
}

func count[T any](all []T, is func(T) bool) int { return len(filter(all, is)) }

// look is a history and what was made of it.
type look struct {
	*book
	outcome Outcome
}

func (l look) everyID() []string {
	var ids []string
	for id := range l.outcome.People {
		ids = append(ids, id)
	}
	return ids
}

func (l look) everyPerson() []*Person {
	var people []*Person
	for id, p := range l.outcome.People {
		if id == p.IDs[0] {
			people = append(people, p)
		}
	}
	return people
}

// rowsOfPerson returns the person rows of all IDs of a person, in the order of their changes.
func (l look) rowsOfPerson(p *Person) []Row {
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
