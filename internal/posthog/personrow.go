package posthog

import "ph2cio/internal/rawjson"

// PersonRow is one row of a persons export: a distinct ID and its person, or a person and what is known of it.
//
// Every byte slice is borrowed: it is valid until the next row is asked for.
type PersonRow struct {
	DistinctIDs    [][]byte // legal or not; none where the row is about the person alone
	Missing        int      // how many more the person has that the export does not name
	Version        int64    // of the tie between the ID and the person; the highest counts
	MappingDeleted bool     // the ID has that person no more, or none where the row names none

	PersonID      rawjson.UUID
	HasPersonID   bool  // else DistinctIDs are those of one person
	PersonVersion int64 // of what is known of the person; the highest counts
	Identified    bool  // `is_identified`
	Deleted       bool  // the person is deleted

	Properties    []byte           // one JSON object
	Members       []rawjson.Member // its top-level members, in order
	HasProperties bool

	TeamID  int64 // 0 when the shape has none
	At      Time  // when PostHog wrote the row: `_inserted_at`
	Created Time  // when the person came up
}
