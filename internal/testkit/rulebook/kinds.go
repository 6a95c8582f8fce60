package rulebook

// Kinds counts how often each kind of trouble occurs in a history and its outcome, found by looking at them.
// A kind that does not occur is there with 0.
func Kinds(h History, o Outcome) map[string]int {
	l := resolvedHistory{newRanked(linked{export{open(h), nil}, o.Links}), o}
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
	for _, kinds := range []map[string]func(resolvedHistory, *Person) bool{kindsOfPeople, kindsOfProfiles} {
		for kind, is := range kinds {
			counts[kind] = count(l.everyPerson(), func(p *Person) bool { return is(l, p) })
		}
	}
	return counts
}
