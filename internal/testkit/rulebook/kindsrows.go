package rulebook

import (
	"maps"
	"slices"
	"time"
)

var kindsOfRows = map[string]func(resolvedHistory, Row) bool{
	"illegal distinct_id":      func(_ resolvedHistory, r Row) bool { return Illegal(r.DistinctID) },
	"illegal anon_distinct_id": func(_ resolvedHistory, r Row) bool { return r.AnonDistinctID != "" && Illegal(r.AnonDistinctID) },
	"illegal alias":            func(_ resolvedHistory, r Row) bool { return r.Alias != "" && Illegal(r.Alias) },
	"row taken in late, out of the order of timestamps": func(l resolvedHistory, r Row) bool {
		return r.CreatedAt-r.Timestamp > time.Hour.Microseconds() && slices.ContainsFunc(l.rows, func(other Row) bool {
			return other.CreatedAt != 0 && r.CreatedAt > other.CreatedAt && r.Timestamp < other.Timestamp &&
				l.outcome.People[r.DistinctID] == l.outcome.People[other.DistinctID]
		})
	},
	"row without uuid":     func(_ resolvedHistory, r Row) bool { return r.UUID == "" },
	"row without any time": func(_ resolvedHistory, r Row) bool { return r.At() == NoTime },
	"row of the very time of the persons export": func(l resolvedHistory, r Row) bool {
		return len(l.Persons) > 0 && r.At() == l.ExportedAt
	},
	"personless row that would link": func(_ resolvedHistory, r Row) bool { return r.Personless && sourceOf(r) != "" },
	"link of the ID of all who have no cookies": func(_ resolvedHistory, r Row) bool {
		return sharedByVisitors(r.DistinctID) && sourceOf(r) != "" || sharedByVisitors(sourceOf(r))
	},
	"personless row that shares a person_id": func(l resolvedHistory, r Row) bool { return r.Personless && l.sharesPersonID(r) && l.isShared(r) },
	"row that makes nobody, of an ID with others, shares a person_id": func(l resolvedHistory, r Row) bool {
		return withoutPerson(r.Name) && l.sharesPersonID(r) && l.isShared(r)
	},
	"row that makes nobody, of an ID without others, has a shared person_id": func(l resolvedHistory, r Row) bool {
		return withoutPerson(r.Name) && r.PersonID != "" && !Illegal(r.DistinctID) && !l.sharesPersonID(r) && l.isShared(r)
	},
	"$groupidentify": func(_ resolvedHistory, r Row) bool { return r.Name == "$groupidentify" },
	"$identify without anon_distinct_id": func(_ resolvedHistory, r Row) bool {
		return r.Name == "$identify" && r.AnonDistinctID == ""
	},
	"row that is rejected": func(_ resolvedHistory, r Row) bool { return r.Rejected },
	"null value": func(_ resolvedHistory, r Row) bool {
		return slices.ContainsFunc([]string{r.Set, r.SetOnce, r.PersonProperties}, hasNull)
	},
	"changes that PostHog does not apply": func(_ resolvedHistory, r Row) bool {
		return (r.Name == "$exception" || r.Name == "$$heatmap") && len(object(r.Set)) > 0
	},
}

func hasNull(text string) bool {
	return slices.Contains(slices.Collect(maps.Values(object(text))), "null")
}

// isShared reports whether another ID joins the person_id of a row.
func (l resolvedHistory) isShared(r Row) bool {
	return slices.ContainsFunc(l.Rows, func(other Row) bool {
		return other.PersonID == r.PersonID && other.DistinctID != r.DistinctID && l.sharesPersonID(other)
	})
}
