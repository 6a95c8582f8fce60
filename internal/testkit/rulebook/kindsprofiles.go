package rulebook

import "slices"

var kindsOfProfiles = map[string]func(resolvedHistory, *Person) bool{
	"person held over two profiles": func(_ resolvedHistory, p *Person) bool { return p.Held },
	"anonymous profile of somebody whose ID has none yet": func(l resolvedHistory, p *Person) bool {
		return len(p.Merges) > 0 && !l.hasProfile(p.Kept)
	},
	"anonymous profile beside one of an identified ID": func(l resolvedHistory, p *Person) bool {
		visitors := func(id string) bool { return !l.hasIdentifiedProfile(id) }
		return l.hasIdentifiedProfile(p.Kept) && slices.ContainsFunc(p.Merges, visitors)
	},
	"identified profiles merged by $merge_dangerously": func(l resolvedHistory, p *Person) bool {
		return !l.MergeProfiles && slices.ContainsFunc(p.Merges, l.hasIdentifiedProfile)
	},
	"identified profiles merged without one": func(l resolvedHistory, p *Person) bool {
		identified := filter(p.IDs, l.hasIdentifiedProfile)
		return !p.Held && l.MergeProfiles && len(identified) > 1 && !l.allMergedByName(identified)
	},
	"kept ID that is the target of a link from one as good": func(l resolvedHistory, p *Person) bool {
		return slices.ContainsFunc(p.IDs, func(id string) bool {
			return id != p.Kept && l.rank(id) == l.rank(p.Kept) && l.isSource(id) && !l.isSource(p.Kept)
		})
	},
	"profile of an earlier run": func(l resolvedHistory, p *Person) bool { return l.wasSent(p.Kept) },
	"profile of an earlier run, merged": func(l resolvedHistory, p *Person) bool {
		return slices.ContainsFunc(p.Merges, l.wasSent)
	},
	"profile of a machine-made ID with an email": func(l resolvedHistory, p *Person) bool {
		return slices.ContainsFunc(l.Existing, func(e Profile) bool {
			return e.Email != "" && l.isMachineMade(e.ID) && slices.Contains(p.IDs, e.ID)
		})
	},
}
