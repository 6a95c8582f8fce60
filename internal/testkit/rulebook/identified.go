package rulebook

import "slices"

// linked is a book of which all links are followed: the groups are final.
type linked struct {
	export
	links []Link // in order
}

// trueLinks returns the links that were not refused, in order, each by its first row, or its first row after
// the persons export. One that was refused then tells nothing by later rows, which find the two joined by
// something else.
func (k linked) trueLinks() []Link {
	type said struct {
		name, target, source string
		before               bool
	}
	seen := map[said]bool{}
	return filter(k.links, func(l Link) bool {
		key := said{l.Row.Name, l.Target, l.Source, len(k.Persons) > 0 && l.Row.At() <= k.ExportedAt}
		first := !seen[key]
		seen[key] = true
		return first && (l.Verdict == Accepted || l.Verdict == AlreadyOne)
	})
}

// directedLinks are the links of which the target counts.
func (k linked) directedLinks() []Link {
	return filter(k.trueLinks(), func(l Link) bool { return l.Row.Name != "$create_alias" })
}

// isAnonymous reports whether an ID was the anon_distinct_id of an $identify that was not refused.
func (k linked) isAnonymous(id string) bool {
	return slices.ContainsFunc(k.trueLinks(), func(l Link) bool { return l.Row.Name == "$identify" && l.Source == id })
}

// isMachineMade reports whether a library of PostHog's made an ID up.
func (k linked) isMachineMade(id string) bool {
	return k.isDevice(id) || !k.isUserID(id) && k.isAnonymous(id)
}

// isIdentifiedID reports whether somebody has made themselves known under an ID: by a login, or to a back
// end.
func (k linked) isIdentifiedID(id string) bool {
	return k.isUserID(id) || !sharedByVisitors(id) && (k.wasIdentified(id) || k.isKnown(id)) ||
		k.hasMadePerson(id) && !k.isMachineMade(id) && !k.isVisitor(id)
}

// isIdentified reports whether a person is identified: by one of its IDs, or by one of its export persons.
func (k linked) isIdentified(g *group) bool {
	return slices.ContainsFunc(g.ids, k.isIdentifiedID) ||
		slices.ContainsFunc(k.exportPersonsOf(g), func(person string) bool { return k.exported[person].identified })
}

// isLeftOutByShape reports whether an ID with a person row is machine-made by its shape alone.
func (k linked) isLeftOutByShape(id string) bool {
	return !k.isIdentifiedID(id) && k.hasMadePerson(id) && machineShaped(id) && !sharedByVisitors(id) && !k.isAnonymous(id) && !k.isVisitor(id) &&
		!slices.ContainsFunc(k.Rows, func(r Row) bool { return r.DeviceID == id })
}

// isLeftOutAsVisitor reports whether an ID with a person row is not identified because of what posthog-js
// says alone.
func (k linked) isLeftOutAsVisitor(id string) bool {
	return !k.isIdentifiedID(id) && k.hasMadePerson(id) && !machineShaped(id) && !k.isAnonymous(id) && k.isVisitor(id)
}

// hasIdentifiedProfile reports whether a profile is known under an ID that is more than a visitor's: it has
// an email, or the ID is identified or was not made by a machine.
func (k linked) hasIdentifiedProfile(id string) bool {
	p, _ := k.profileOf(id)
	return k.hasProfile(id) && (p.Email != "" || k.isIdentifiedID(id) || !k.isMachineMade(id))
}
