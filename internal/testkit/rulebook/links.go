package rulebook

import "slices"

// follower follows the links of a history in order.
type follower struct {
	export
	links []Link // followed so far
}

// followLinks joins what the links join, and returns each with what became of it.
func followLinks(e export) []Link {
	f := follower{export: e}
	for _, r := range e.rows {
		if l, ok := linkOf(r); ok {
			f.follow(l)
		}
	}
	return f.links
}

func (f *follower) follow(l Link) {
	l.Verdict = f.judge(l)
	if l.Verdict == Accepted {
		target, source := f.id(l.Target), f.id(l.Source)
		l.Overrode = f.movesIdentified(l)
		l.Fused = f.wouldJoinTwo(target, source)
		f.join(target, source)
	}
	f.links = append(f.links, l)
}

func (f *follower) judge(l Link) Verdict {
	target, source := f.id(l.Target), f.id(l.Source)
	switch {
	case target == source:
		return AlreadyOne
	case f.wouldJoinTwo(target, source) && l.Row.At() <= f.ExportedAt:
		return RefusedByExport
	case f.movesIdentified(l) && l.Row.Name != "$merge_dangerously":
		return RefusedIdentified
	default:
		return Accepted
	}
}

// movesIdentified reports whether a link would move somebody who is identified to another person. An
// $identify may do so only to an ID that a machine made and that has no person yet. An alias may do so
// whenever one of its IDs has no person.
func (f *follower) movesIdentified(l Link) bool {
	identified := f.isIdentifiedAt(l, f.id(l.Source))
	if l.Row.Name == "$identify" {
		return (f.comesFromLogin(l) || identified) && !(f.isDevice(l.Target) && !f.isPersonAt(l, f.id(l.Target)))
	}
	return f.hasPersonAt(l, l.Target) && f.hasPersonAt(l, l.Source) && identified
}

// isPersonAt reports whether an ID of somebody has a person when a link comes.
func (f *follower) isPersonAt(l Link, g *group) bool {
	return slices.ContainsFunc(g.ids, func(id string) bool { return f.hasPersonAt(l, id) })
}

// hasPersonAt reports whether an ID has a person when a link comes: from an earlier person row, or from the
// persons export, or from an earlier link whatever became of that.
func (f *follower) hasPersonAt(l Link, id string) bool {
	return f.hasPersonRowBefore(l, id) || f.isYounger(l) && f.isExported(id) || slices.ContainsFunc(f.links, func(earlier Link) bool {
		return earlier.Target == id || earlier.Source == id
	})
}

// isIdentifiedAt reports whether somebody is identified when a link comes: some ID was the target of an
// earlier link, whatever became of that, or the source of one that was refused for this, or some ID stands on
// an earlier row that says that somebody is logged in under it, or the persons export has somebody
// identified.
func (f *follower) isIdentifiedAt(l Link, g *group) bool {
	return slices.ContainsFunc(g.ids, func(id string) bool {
		return slices.ContainsFunc(f.links, func(earlier Link) bool {
			return earlier.Target == id || earlier.Source == id && earlier.Verdict == RefusedIdentified
		}) ||
			f.isKnownBefore(l, id)
	}) || f.isYounger(l) && slices.ContainsFunc(f.exportPersonsOf(g), func(person string) bool { return f.exported[person].identified })
}
