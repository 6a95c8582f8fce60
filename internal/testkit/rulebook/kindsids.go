package rulebook

import (
	"slices"
	"strings"
)

var kindsOfIDs = map[string]func(resolvedHistory, string) bool{
	"user known to a back end alone": func(l resolvedHistory, id string) bool {
		return l.hasMadePerson(id) && !l.isMachineMade(id) && !l.isUserID(id) && !l.wasIdentified(id) && !l.isKnown(id)
	},
	"device ID of somebody whom posthog-js was told": func(l resolvedHistory, id string) bool {
		return l.isDeviceID(id) && !machineShaped(id) && !l.isMachineMade(id)
	},
	"visitor without cookies":       func(_ resolvedHistory, id string) bool { return strings.HasPrefix(id, "cookieless_") },
	"ID of all who have no cookies": func(l resolvedHistory, id string) bool { return sharedByVisitors(id) && len(l.rowsOf(id)) > 0 },
	"visitor of posthog-js":         func(l resolvedHistory, id string) bool { return l.isLeftOutAsVisitor(id) },
	"visitor of posthog-js with an email": func(l resolvedHistory, id string) bool {
		return !emailShaped(id) && l.hasEmail(id) && l.hasMadePerson(id) && !l.isUserID(id) &&
			!slices.ContainsFunc(l.rowsOf(id), func(r Row) bool { return !r.WebVisitor })
	},
	"visitor of posthog-js with a profile": func(l resolvedHistory, id string) bool {
		return l.isThere(id) && l.hasMadePerson(id) && !l.isUserID(id) &&
			!slices.ContainsFunc(l.rowsOf(id), func(r Row) bool { return !r.WebVisitor })
	},
	"device ID of no UUID's shape": func(l resolvedHistory, id string) bool { return l.isDeviceID(id) && !machineShaped(id) },
	"user ID of a UUID's shape":    func(l resolvedHistory, id string) bool { return uuidShape.MatchString(id) && l.isKnown(id) },
	"ID over 150 bytes":            func(_ resolvedHistory, id string) bool { return tooLong(id) == 1 },
	"UserID matches":               func(l resolvedHistory, id string) bool { return l.isUserID(id) },
	"ID of a persons export alone": func(l resolvedHistory, id string) bool {
		return len(l.rowsOf(id)) == 0 && slices.ContainsFunc(l.Persons, func(r PersonRow) bool { return r.DistinctID == id })
	},
	"ID whose mapping is deleted": func(l resolvedHistory, id string) bool {
		r, ok := l.countingRow(id)
		return ok && r.MappingDeleted
	},
	"snapshot equal to the one before": func(l resolvedHistory, id string) bool {
		var last string
		return slices.ContainsFunc(l.personRowsOf(id), func(r Row) bool {
			same := r.PersonProperties != "" && r.PersonProperties == last
			if r.PersonProperties != "" {
				last = r.PersonProperties
			}
			return same
		})
	},
}
