package rulebook

// linkOf returns the link that a row is, if it is one: its IDs must be legal and different, and PostHog must
// not have dropped it for being personless.
func linkOf(r Row) (Link, bool) {
	l := Link{Row: r, Target: r.DistinctID, Source: sourceOf(r)}
	return l, !r.Personless && joins(l.Target) && joins(l.Source) && l.Target != l.Source
}

// sourceOf returns the ID that a row would link to its distinct_id; "" when it is no row of that kind.
func sourceOf(r Row) string {
	switch r.Name {
	case "$identify":
		return r.AnonDistinctID
	case "$create_alias", "$merge_dangerously":
		return r.Alias
	default:
		return ""
	}
}

// names reports whether a row is a link that names an ID.
func names(r Row, id string) bool {
	l, ok := linkOf(r)
	return ok && (l.Target == id || l.Source == id)
}
