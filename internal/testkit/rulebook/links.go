package rulebook

import "slices"

// linkOf returns the link that a row is, if it is one: its IDs must be legal and different, and PostHog must not have
// dropped it for being personless.
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

// followLinks applies the links in order.
func (b *book) followLinks() {
	for _, r := range b.rows {
		l, ok := linkOf(r)
		if !ok {
			continue
		}
		l.Verdict = b.judge(l)
		if l.Verdict == Accepted {
			target, source := b.id(l.Target), b.id(l.Source)
			l.Overrode = b.movesIdentified(l)
			l.Fused = b.wouldFuse(target, source)
			b.join(target, source)
		}
		b.links = append(b.links, l)
	}
}

func (b *book) judge(l Link) Verdict {
	target, source := b.id(l.Target), b.id(l.Source)
	switch {
	case target == source:
		return AlreadyOne
	case b.wouldFuse(target, source) && l.Row.At() <= b.ExportedAt:
		return RefusedByExport
	case b.movesIdentified(l) && l.Row.Name != "$merge_dangerously":
		return RefusedIdentified
	default:
		return Accepted
	}
}

// movesIdentified reports whether a link would move somebody who is identified to another person. An $identify may do so
// only for an ID that a machine made and whose person there is nothing of; an alias whenever one of its IDs has no person.
func (b *book) movesIdentified(l Link) bool {
	identified := b.isIdentifiedAt(l, b.id(l.Source))
	if l.Row.Name == "$identify" {
		return (b.comesFromLogin(l) || identified) && !(b.isDevice(l.Target) && !b.isPersonAt(l, b.id(l.Target)))
	}
	return b.hasPersonAt(l, l.Target) && b.hasPersonAt(l, l.Source) && identified
}

// isPersonAt reports whether an ID of somebody has a person when a link comes.
func (b *book) isPersonAt(l Link, g *group) bool {
	return slices.ContainsFunc(g.ids, func(id string) bool { return b.hasPersonAt(l, id) })
}

// comesFromLogin reports whether an $identify names as its anonymous ID one that somebody logs in with, some time: then
// somebody else was logged in on that device, even where the export does not reach back to that login.
func (b *book) comesFromLogin(l Link) bool {
	return l.Row.Name == "$identify" && slices.ContainsFunc(b.rowsOf(l.Source), func(r Row) bool { return r.UserID == l.Source })
}

// hasPersonAt reports whether an ID has a person when a link comes: from an earlier person row, or from the persons export, or
// from an earlier link whatever became of that.
func (b *book) hasPersonAt(l Link, id string) bool {
	return b.hasPersonRowBefore(l, id) || b.isYounger(l) && b.isExported(id) || slices.ContainsFunc(b.links, func(earlier Link) bool {
		return earlier.Target == id || earlier.Source == id
	})
}

// isIdentifiedAt reports whether somebody is identified when a link comes: some ID was the target of an earlier link,
// whatever became of that, or the source of one that was refused for this, or some ID stands on an earlier row that says that
// somebody is logged in under it, or the persons export has somebody identified.
func (b *book) isIdentifiedAt(l Link, g *group) bool {
	return slices.ContainsFunc(g.ids, func(id string) bool {
		return slices.ContainsFunc(b.links, func(earlier Link) bool {
			return earlier.Target == id || earlier.Source == id && earlier.Verdict == RefusedIdentified
		}) ||
			b.isKnownBefore(l, id)
	}) || b.isYounger(l) && slices.ContainsFunc(b.exportPersonsOf(g), func(person string) bool { return b.exported[person].identified })
}

// isYounger reports whether a link comes after the persons export.
func (b *book) isYounger(l Link) bool { return len(b.Persons) > 0 && l.Row.At() > b.ExportedAt }

func (b *book) isKnownBefore(l Link, id string) bool {
	return slices.ContainsFunc(b.rowsOf(id), func(r Row) bool { return saysKnown(r) && compareFirst(&r, &l.Row) < 0 })
}

// hasPersonRowBefore reports whether a person row of an ID has an earlier time, or the same and an earlier uuid.
func (b *book) hasPersonRowBefore(l Link, id string) bool {
	return slices.ContainsFunc(b.personRowsOf(id), func(r Row) bool { return compareFirst(&r, &l.Row) < 0 })
}
