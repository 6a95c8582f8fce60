package rulebook

import "slices"

// tells reports whether a row tells of somebody, and not only of a mere visitor who is not sent.
func tells(b *book, r Row) bool {
	return !r.Personless || saysKnown(r) || b.All || b.isUserID(r.DistinctID)
}

// isRejected reports whether nobody is made of a group because all its rows are rejected. It is not so if the
// persons export knows an ID of it that stands on no row, or on rows of a visitor alone.
func isRejected(b *book, g *group) bool {
	var rows []Row
	for _, id := range g.ids {
		of := filter(b.rowsOf(id), func(r Row) bool { return tells(b, r) })
		exported := slices.ContainsFunc(b.Persons, func(p PersonRow) bool { return p.DistinctID == id })
		if len(of) == 0 && exported {
			return false
		}
		rows = append(rows, of...)
	}
	return len(rows) > 0 && !slices.ContainsFunc(rows, func(r Row) bool { return !r.Rejected })
}
