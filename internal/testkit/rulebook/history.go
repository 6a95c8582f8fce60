package rulebook

import (
	"cmp"
	"math"
	"regexp"
	"slices"
)

// History is everything that the rules look at.
type History struct {
	Rows       []Row          // in any order
	Persons    []PersonRow    // the persons export; empty without one
	ExportedAt int64          // when the persons export was made, in unix microseconds
	Existing   []Profile      // profiles that are there already
	Sent       []string       // IDs that people were sent under by earlier runs, in that order
	UserID     *regexp.Regexp // what the customer's own IDs look like; nil when nobody says
	All        bool           // anonymous visitors are sent too
	Now        int64          // when the run begins, in unix microseconds; 0 is after all rows
	// MergeProfiles merges profiles of one person without a $merge_dangerously too.
	MergeProfiles bool
}

func (h History) isUserID(id string) bool { return h.UserID != nil && h.UserID.MatchString(id) }

// isDeviceID reports whether an ID was ever a device_id, on any row whatever.
func (h History) isDeviceID(id string) bool {
	return slices.ContainsFunc(h.Rows, func(r Row) bool { return r.DeviceID == id })
}

// countingRow returns the one row that counts of those for an ID: that with the highest version, then person
// version, then person_id.
func (h History) countingRow(id string) (PersonRow, bool) {
	rows := filter(h.Persons, func(r PersonRow) bool { return r.DistinctID == id })
	if len(rows) == 0 {
		return PersonRow{}, false
	}
	return slices.MaxFunc(rows, func(a, b PersonRow) int {
		return cmp.Or(
			cmp.Compare(a.Version, b.Version),
			cmp.Compare(a.PersonVersion, b.PersonVersion),
			cmp.Compare(a.PersonID, b.PersonID),
		)
	}), true
}

// isExported reports whether an ID has a person in the persons export.
func (h History) isExported(id string) bool {
	r, ok := h.countingRow(id)
	return ok && !r.MappingDeleted && joins(id)
}

// isExportedAs reports whether the persons export says that an ID is a person's.
func (h History) isExportedAs(id, person string) bool {
	r, ok := h.countingRow(id)
	return ok && !r.MappingDeleted && r.PersonID == person
}

// isYounger reports whether a link comes after the persons export.
func (h History) isYounger(l Link) bool { return len(h.Persons) > 0 && l.Row.At() > h.ExportedAt }

// isThere reports whether Existing has a profile under an ID.
func (h History) isThere(id string) bool {
	_, there := h.profileOf(id)
	return there
}

func (h History) wasSent(id string) bool { return slices.Contains(h.Sent, id) }

// hasProfile reports whether a profile is known under an ID, of whatever kind.
func (h History) hasProfile(id string) bool {
	return h.isThere(id) || h.wasSent(id)
}

// profileOf returns the profile of Existing under an ID.
func (h History) profileOf(id string) (Profile, bool) {
	i := slices.IndexFunc(h.Existing, func(p Profile) bool { return p.ID == id })
	if i < 0 {
		return Profile{}, false
	}
	return h.Existing[i], true
}

// isFuture reports whether a time is later than the run: a clock was wrong.
func (h History) isFuture(at int64) bool { return h.Now != 0 && at > h.Now }

// changesSomebody reports whether a row can change its person: not if its timestamp is in the future and no
// created_at says better.
func (h History) changesSomebody(r Row) bool {
	return !h.isFuture(r.Timestamp) || r.CreatedAt != 0 && !h.isFuture(r.CreatedAt)
}

// compareChanges orders rows as they change persons: by created_at, or timestamp where there is none, then by
// timestamp, then uuid, then place in the input.
func (h History) compareChanges(x, y Row) int {
	return cmp.Or(
		cmp.Compare(x.At(), y.At()),
		cmp.Compare(h.timestampOf(x), h.timestampOf(y)),
		cmp.Compare(x.UUID, y.UUID),
		cmp.Compare(x.Ref, y.Ref),
	)
}

// timestampOf returns a row's timestamp, created_at where that is in the future, and NoTime where there is
// none.
func (h History) timestampOf(r Row) int64 {
	switch {
	case r.Timestamp == 0:
		return NoTime
	case h.isFuture(r.Timestamp) && r.CreatedAt != 0:
		return r.CreatedAt
	}
	return r.Timestamp
}

// Row is one row of an events export. JSON is text as it stands in the row and must be valid; "" is absent.
type Row struct {
	Ref                  uint64 // its number in reading order
	Name, DistinctID     string
	CreatedAt, Timestamp int64  // unix microseconds; 0 when there is none
	UUID                 string // in lower case with hyphens; "" when there is none
	PersonID             string // the same
	Personless           bool
	IsIdentified         bool
	WebVisitor           bool   // posthog-js sent it, and says that it does not know who that is
	UserID, DeviceID     string // "" when absent
	AnonDistinctID       string // "" when absent
	Alias                string // "" when absent
	PersonProperties     string // an object
	Set, SetOnce         string // objects
	Unset                []string
	Sends                bool // sent as an event, if its person is sent
	Rejected             bool // cannot be sent, whoever its person is
}

// NoTime is the time of a row that has none. It is before all others.
const NoTime = math.MinInt64

// At returns when PostHog took the row in, in unix microseconds: created_at, else timestamp, else NoTime.
func (r Row) At() int64 {
	switch {
	case r.CreatedAt != 0:
		return r.CreatedAt
	case r.Timestamp != 0:
		return r.Timestamp
	default:
		return NoTime
	}
}

// PersonRow is one row of a persons export: which person a distinct ID belongs to, and what that person is.
type PersonRow struct {
	DistinctID, PersonID string
	Version              int64 // of the mapping, person_distinct_id_version
	PersonVersion        int64
	MappingDeleted       bool // the ID belongs to nobody any more
	IsIdentified         bool
	IsDeleted            bool
	Properties           string // an object; "" when absent
}

// Profile is a profile that Customer.io has already.
type Profile struct {
	ID    string
	Email string // "" for none
}
