package rulebook

import "slices"

// saysKnown reports whether a row says that its distinct ID is known: somebody is logged in under it, or it is
// an $identify of an ID that no machine made, with or without the ID of a visitor.
func saysKnown(r Row) bool {
	return r.IsIdentified || r.UserID == r.DistinctID ||
		r.Name == "$identify" && !r.Personless && !machineShaped(r.DistinctID)
}

// isKnown reports whether an ID ever stands on a row that says so, personless or not.
func (b *book) isKnown(id string) bool { return slices.ContainsFunc(b.rowsOf(id), saysKnown) }

func (b *book) isUserID(id string) bool { return b.UserID != nil && b.UserID.MatchString(id) }

// isAnonymous reports whether an ID was the anon_distinct_id of an $identify that was not refused.
func (b *book) isAnonymous(id string) bool {
	return slices.ContainsFunc(b.trueLinks(), func(l Link) bool { return l.Row.Name == "$identify" && l.Source == id })
}

// isDeviceID reports whether an ID was ever a device_id, on any row whatever.
func (b *book) isDeviceID(id string) bool {
	return slices.ContainsFunc(b.Rows, func(r Row) bool { return r.DeviceID == id })
}

// isDevice reports whether a library of PostHog's made an ID up for a device. posthog-js makes a device_id also of the ID that
// it is told, so that one means nothing unless nobody ever knew who it is.
func (b *book) isDevice(id string) bool {
	return !b.isUserID(id) && (machineShaped(id) || b.isDeviceID(id) && b.isVisitor(id))
}

// isMachineMade reports whether a library of PostHog's made an ID up.
func (b *book) isMachineMade(id string) bool {
	return b.isDevice(id) || !b.isUserID(id) && b.isAnonymous(id)
}

// isVisitor reports whether posthog-js says on every row of an ID that it does not know who that is. One with an email, or
// with a profile, is somebody.
func (b *book) isVisitor(id string) bool {
	return !b.isUserID(id) && !b.isThere(id) && !b.hasEmail(id) &&
		!slices.ContainsFunc(b.rowsOf(id), func(r Row) bool { return !r.WebVisitor })
}

// hasEmail reports whether an ID is an email, or a row of it or the persons export says one.
func (b *book) hasEmail(id string) bool {
	says := func(text string) bool { return emailShaped(emailOf(object(text))) }
	return emailShaped(id) ||
		slices.ContainsFunc(b.rowsOf(id), func(r Row) bool {
			return !r.Personless && (says(r.Set) || says(r.SetOnce) || says(r.PersonProperties))
		}) ||
		slices.ContainsFunc(b.Persons, func(r PersonRow) bool { return r.DistinctID == id && says(r.Properties) })
}

// wasIdentified reports whether an ID was the distinct_id of an $identify that is not personless.
func (b *book) wasIdentified(id string) bool {
	return slices.ContainsFunc(b.personRowsOf(id), func(r Row) bool { return r.Name == "$identify" })
}

// hasMadePerson reports whether an ID stands on a person row that is a reason for a profile.
func (b *book) hasMadePerson(id string) bool {
	return slices.ContainsFunc(b.personRowsOf(id), func(r Row) bool { return !MakesNobody(r.Name) })
}

// isIdentifiedID reports whether somebody has made themselves known under an ID: by a login, or to a back end.
func (b *book) isIdentifiedID(id string) bool {
	return b.isUserID(id) || !everybodys(id) && (b.wasIdentified(id) || b.isKnown(id)) ||
		b.hasMadePerson(id) && !b.isMachineMade(id) && !b.isVisitor(id)
}

// isIdentified reports whether a person is identified: by one of its IDs, or by one of its export persons.
func (b *book) isIdentified(g *group) bool {
	return slices.ContainsFunc(g.ids, b.isIdentifiedID) ||
		slices.ContainsFunc(b.exportPersonsOf(g), func(person string) bool { return b.exported[person].identified })
}

// isHeldBackByShape reports whether an ID with a person row is machine-made by its shape alone.
func (b *book) isHeldBackByShape(id string) bool {
	return !b.isIdentifiedID(id) && b.hasMadePerson(id) && machineShaped(id) && !everybodys(id) && !b.isAnonymous(id) && !b.isVisitor(id) &&
		!slices.ContainsFunc(b.Rows, func(r Row) bool { return r.DeviceID == id })
}

// isHeldBackAsVisitor reports whether an ID with a person row is not identified because of what posthog-js says alone.
func (b *book) isHeldBackAsVisitor(id string) bool {
	return !b.isIdentifiedID(id) && b.hasMadePerson(id) && !machineShaped(id) && !b.isAnonymous(id) && b.isVisitor(id)
}
