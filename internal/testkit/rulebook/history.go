package rulebook

import (
	"math"
	"regexp"
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
