package rulebook

import (
	"cmp"
	"slices"
	"strings"
)

var kindsOfPeople = map[string]func(resolvedHistory, *Person) bool{
	"second device": func(l resolvedHistory, p *Person) bool {
		return count(p.IDs, l.isDeviceID) > 1
	},
	"stale person_id": func(l resolvedHistory, p *Person) bool {
		return different(l.rowsOfPerson(p), func(r Row) string { return r.PersonID }) > 1
	},
	"shared email": func(l resolvedHistory, p *Person) bool {
		return p.Email != "" && slices.ContainsFunc(l.everyPerson(), func(other *Person) bool {
			return other != p && strings.EqualFold(other.Email, p.Email)
		})
	},
	"changed email": func(l resolvedHistory, p *Person) bool {
		return different(l.rowsOfPerson(p), func(r Row) string {
			return emailOf(object(cmp.Or(r.Set, r.PersonProperties)))
		}) > 1
	},
	"$unset between two $set_once of one key": func(l resolvedHistory, p *Person) bool {
		return slices.ContainsFunc(propertyKeys, func(key string) bool { return setsOnceAgain(l.rowsOfPerson(p), key) })
	},
	"person whose rows are all rejected":            func(_ resolvedHistory, p *Person) bool { return p.Rejected },
	"identified person whose rows are all rejected": func(_ resolvedHistory, p *Person) bool { return p.Rejected && p.Identified },
	"deleted person":  func(_ resolvedHistory, p *Person) bool { return p.Deleted },
	"ID of a profile": func(l resolvedHistory, p *Person) bool { return l.hasProfile(p.Kept) },
	"shape alone":     func(_ resolvedHistory, p *Person) bool { return p.ShapeOnly },
	"kept ID told apart by its text alone": func(l resolvedHistory, p *Person) bool {
		return slices.ContainsFunc(p.IDs, func(id string) bool {
			return id != p.Kept && tooLong(id) == tooLong(p.Kept) && l.rank(id) == l.rank(p.Kept) &&
				!l.isSource(id) && !l.wasSent(id) && compareFirst(l.first(id), l.first(p.Kept)) == 0
		})
	},
	"several IDs":       func(_ resolvedHistory, p *Person) bool { return len(p.IDs) > 1 },
	"anonymous visitor": func(_ resolvedHistory, p *Person) bool { return !p.Identified },
}

// setsOnceAgain reports whether rows set a key once, remove it later, and then set it once more.
func setsOnceAgain(rows []Row, key string) bool {
	stage := 0
	for _, r := range rows {
		_, setOnce := object(r.SetOnce)[key]
		switch stage {
		case 0, 2:
			if setOnce {
				stage++
			}
		case 1:
			if slices.Contains(r.Unset, key) {
				stage++
			}
		}
	}
	return stage == 3
}
