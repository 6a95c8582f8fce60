package rulebook

import "slices"

// saysKnown reports whether a row says that its distinct ID is known: somebody is logged in under it.
func saysKnown(r Row) bool { return r.IsIdentified || r.UserID == r.DistinctID }

// isKnown reports whether an ID ever stands on a row that says so, personless or not.
func (b *book) isKnown(id string) bool { return slices.ContainsFunc(b.rowsOf(id), saysKnown) }

func (b *book) isUserID(id string) bool { return b.UserID != nil && b.UserID.MatchString(id) }

// isDevice reports whether an ID was ever a device_id or an anon_distinct_id, on any row whatever.
func (b *book) isDevice(id string) bool {
	return slices.ContainsFunc(b.Rows, func(r Row) bool { return r.DeviceID == id || r.AnonDistinctID == id })
}

// isMachineMade reports whether a library of PostHog's made an ID up.
func (b *book) isMachineMade(id string) bool {
	return !b.isUserID(id) && (b.isDevice(id) || machineShaped(id))
}

// wasIdentified reports whether an ID was the distinct_id of an $identify that is not personless.
func (b *book) wasIdentified(id string) bool {
	return slices.ContainsFunc(b.personRowsOf(id), func(r Row) bool { return r.Name == "$identify" })
}

// hasMadePerson reports whether an ID stands on a person row that is a reason for a profile.
func (b *book) hasMadePerson(id string) bool {
	return slices.ContainsFunc(b.personRowsOf(id), func(r Row) bool { return !MakesNobody(r.Name) })
}

func (b *book) isIdentifiedID(id string) bool {
	return b.wasIdentified(id) || b.isKnown(id) || b.hasMadePerson(id) && !b.isMachineMade(id) || b.isUserID(id)
}

// isIdentified reports whether a person is identified: by one of its IDs, or by one of its export persons.
func (b *book) isIdentified(g *group) bool {
	return slices.ContainsFunc(g.ids, b.isIdentifiedID) ||
		slices.ContainsFunc(b.exportPersonsOf(g), func(person string) bool { return b.exported[person].identified })
}

// isHeldBackByShape reports whether an ID with a person row is machine-made by its shape alone.
func (b *book) isHeldBackByShape(id string) bool {
	return b.hasMadePerson(id) && b.isMachineMade(id) && !b.isDevice(id)
}
