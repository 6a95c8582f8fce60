package rulebook

import "slices"

// book is a history with its rows in order, and the groups into which the rules join IDs.
type book struct {
	History
	groups
	rows []Row // those that say something of their distinct ID, in order
}

// open returns the book of a history in which each ID is alone.
func open(h History) *book {
	b := &book{History: h, groups: newGroups()}
	for _, r := range inOrder(h.Rows) {
		if saysSomething(r) {
			b.rows = append(b.rows, r)
			b.id(r.DistinctID)
		}
		if l, ok := linkOf(r); ok {
			b.id(l.Source)
		}
	}
	for _, p := range h.Persons {
		if !Illegal(p.DistinctID) {
			b.id(p.DistinctID)
		}
	}
	return b
}

// rowsOf returns the rows that say something of an ID, in order.
func (b *book) rowsOf(id string) []Row {
	return filter(b.rows, func(r Row) bool { return r.DistinctID == id })
}

// personRowsOf returns the person rows of an ID, in order.
func (b *book) personRowsOf(id string) []Row {
	return filter(b.rowsOf(id), isPersonRow)
}

// isKnown reports whether any row of an ID, personless or not, shows who that is.
func (b *book) isKnown(id string) bool { return slices.ContainsFunc(b.rowsOf(id), saysKnown) }

// isKnownBefore reports whether a row before a link shows who an ID is.
func (b *book) isKnownBefore(l Link, id string) bool {
	return slices.ContainsFunc(b.rowsOf(id), func(r Row) bool { return saysKnown(r) && compareFirst(&r, &l.Row) < 0 })
}

// wasIdentified reports whether an ID was the distinct_id of an $identify that is not personless.
func (b *book) wasIdentified(id string) bool {
	return slices.ContainsFunc(b.personRowsOf(id), func(r Row) bool { return r.Name == "$identify" })
}

// hasMadePerson reports whether an ID is on a person row that is a reason for a profile.
func (b *book) hasMadePerson(id string) bool {
	return slices.ContainsFunc(b.personRowsOf(id), func(r Row) bool { return !WithoutProfile(r.Name) })
}

// hasPersonRowBefore reports whether a person row of an ID has an earlier time, or the same and an earlier
// uuid.
func (b *book) hasPersonRowBefore(l Link, id string) bool {
	return slices.ContainsFunc(b.personRowsOf(id), func(r Row) bool { return compareFirst(&r, &l.Row) < 0 })
}

// comesFromLogin reports whether an $identify has as its anonymous ID one with which somebody logs in at any
// time. Then somebody else was logged in on that device, even if the export does not go back to that login.
func (b *book) comesFromLogin(l Link) bool {
	return l.Row.Name == "$identify" && slices.ContainsFunc(b.rowsOf(l.Source), func(r Row) bool { return r.UserID == l.Source })
}

// isDevice reports whether one of PostHog's libraries made an ID for a device. Once posthog-js knows who
// somebody is, it also writes that ID as the $device_id. So a $device_id shows something only if nobody ever
// knew who the ID is.
func (b *book) isDevice(id string) bool {
	return !b.isUserID(id) && (machineShaped(id) || b.isDeviceID(id) && b.isVisitor(id))
}

// isVisitor reports whether posthog-js says on every row of an ID that it does not know who that is. An ID
// with an email or a profile is not a visitor's.
func (b *book) isVisitor(id string) bool {
	return !b.isUserID(id) && !b.isThere(id) && !b.hasEmail(id) &&
		!slices.ContainsFunc(b.rowsOf(id), func(r Row) bool { return !r.WebVisitor })
}

// hasEmail reports whether an ID is an email, or a row of it or the persons export has one.
func (b *book) hasEmail(id string) bool {
	says := func(text string) bool { return emailShaped(emailOf(object(text))) }
	return emailShaped(id) ||
		slices.ContainsFunc(b.rowsOf(id), func(r Row) bool {
			return !r.Personless && (says(r.Set) || says(r.SetOnce) || says(r.PersonProperties))
		}) ||
		slices.ContainsFunc(b.Persons, func(r PersonRow) bool { return r.DistinctID == id && says(r.Properties) })
}

// sharesPersonID reports whether a row joins its distinct ID with all others of its person_id. A row of an
// event without persons does so only if the ID has other rows.
func (b *book) sharesPersonID(r Row) bool {
	return r.PersonID != "" && r.Name != "$groupidentify" && !Illegal(r.DistinctID) && joins(r.DistinctID) &&
		(!withoutPerson(r.Name) || len(b.rowsOf(r.DistinctID)) > 0)
}
