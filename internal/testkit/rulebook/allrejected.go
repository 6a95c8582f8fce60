package rulebook

import "slices"

// showsSomebody reports whether a row is of somebody, and not only of a visitor who is not sent.
func showsSomebody(b *book, r Row) bool {
	return !r.Personless || saysKnown(r) || b.All || b.isUserID(r.DistinctID)
}

// isRejected reports whether a group is not sent because all its rows are rejected. A group with an ID of the
// persons export is sent if that ID is on no row, or only on rows of a visitor.
func isRejected(b *book, g *group) bool {
	var rows []Row
	for _, id := range g.ids {
		of := filter(b.rowsOf(id), func(r Row) bool { return showsSomebody(b, r) })
		exported := slices.ContainsFunc(b.Persons, func(p PersonRow) bool { return p.DistinctID == id })
		if len(of) == 0 && exported {
			return false
		}
		rows = append(rows, of...)
	}
	return len(rows) > 0 && !slices.ContainsFunc(rows, func(r Row) bool { return !r.Rejected })
}
