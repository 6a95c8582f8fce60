package rulebook

import "slices"

var kindsOfLinks = map[string]func(resolvedHistory, Link) bool{
	"shared device: an $identify between two identified people is refused": func(l resolvedHistory, link Link) bool {
		return link.Row.Name == "$identify" && link.Verdict == RefusedIdentified &&
			l.outcome.People[link.Target].Identified && l.outcome.People[link.Source].Identified
	},
	"shared machine: an $identify for somebody new is refused": func(l resolvedHistory, link Link) bool {
		return link.Row.Name == "$identify" && link.Verdict == RefusedIdentified && !l.hasPersonRowBefore(link, link.Target)
	},
	"an $identify joins somebody identified with a new ID of a machine": func(l resolvedHistory, link Link) bool {
		return link.Row.Name == "$identify" && link.Verdict == Accepted && l.isDevice(link.Target) && l.comesFromLogin(link)
	},
	"an $identify with a new ID of a machine that shares somebody's person_id is refused": func(l resolvedHistory, link Link) bool {
		return link.Row.Name == "$identify" && link.Verdict == RefusedIdentified && l.isDevice(link.Target) &&
			!slices.ContainsFunc(l.rowsOf(link.Target), func(r Row) bool { return compareFirst(&r, &link.Row) < 0 && !r.Personless })
	},
	"$create_alias refused": func(_ resolvedHistory, link Link) bool {
		return link.Row.Name == "$create_alias" && link.Verdict == RefusedIdentified
	},
	"alias from anonymous to known": func(l resolvedHistory, link Link) bool {
		return link.Row.Name == "$create_alias" && link.Verdict == Accepted &&
			l.isMachineMade(link.Target) && !l.isMachineMade(link.Source)
	},
	"alias from known to anonymous": func(l resolvedHistory, link Link) bool {
		return link.Row.Name == "$create_alias" && link.Verdict == Accepted &&
			!l.isMachineMade(link.Target) && l.isMachineMade(link.Source)
	},
	"dangerous merge accepted over somebody identified": func(_ resolvedHistory, link Link) bool { return link.Overrode },
	"dangerous merge refused": func(_ resolvedHistory, link Link) bool {
		return link.Row.Name == "$merge_dangerously" && link.Verdict == RefusedByExport
	},
	"personless history before a link": func(l resolvedHistory, link Link) bool {
		return link.Verdict == Accepted && !l.hasPersonRowBefore(link, link.Source) &&
			slices.ContainsFunc(l.rowsOf(link.Source), func(r Row) bool { return r.Personless && before(r, link.Row) })
	},
	"link refused by the persons export": func(_ resolvedHistory, link Link) bool { return link.Verdict == RefusedByExport },
	"link of the very time of the persons export, refused": func(l resolvedHistory, link Link) bool {
		return link.Verdict == RefusedByExport && link.Row.At() == l.ExportedAt
	},
	"link younger than the persons export joins two of its persons": func(_ resolvedHistory, link Link) bool { return link.Fused },
	"link younger than the persons export, refused": func(l resolvedHistory, link Link) bool {
		return link.Verdict == RefusedIdentified && l.isYounger(link)
	},
	"link between people who are one already": func(_ resolvedHistory, link Link) bool { return link.Verdict == AlreadyOne },
	"link at the time of another, told apart by uuid": func(l resolvedHistory, link Link) bool {
		return slices.ContainsFunc(l.outcome.Links, func(other Link) bool { return onlyUUIDDiffers(link.Row, other.Row) })
	},
	"link at the time of a first person row, told apart by uuid": func(l resolvedHistory, link Link) bool {
		return l.startsWith(link.Target, link.Row) || l.startsWith(link.Source, link.Row)
	},
}

// startsWith reports whether an ID's first person row is another row at the same time.
func (l resolvedHistory) startsWith(id string, r Row) bool {
	rows := l.personRowsOf(id)
	return len(rows) > 0 && onlyUUIDDiffers(rows[0], r)
}

func onlyUUIDDiffers(a, b Row) bool { return a.At() == b.At() && a.UUID != b.UUID }

var kindsOfPairs = map[string]func(Pair) bool{
	"person_id refused by the persons export":                            func(p Pair) bool { return p.Refused },
	"person_id younger than the persons export joins two of its persons": func(p Pair) bool { return p.Fused },
}
