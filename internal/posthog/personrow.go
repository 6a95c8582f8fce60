package posthog

import "ph2cio/internal/rawjson"

// PersonRow is one row of a persons export: a distinct ID and its person, or a person with properties.
//
// Every byte slice is borrowed: it is valid until the next row is yielded.
type PersonRow struct {
	DistinctIDs    [][]byte // legal or not; none if the row is only about the person
	Missing        int      // how many more IDs the person has, which the export does not list
	Version        int64    // of the mapping of the ID to the person; the highest counts
	MappingDeleted bool     // the ID does not have that person any more; none if the row names none

	PersonID      rawjson.UUID
	HasPersonID   bool  // if false, DistinctIDs are those of one person
	PersonVersion int64 // of the person's properties; the highest counts
	Identified    bool  // `is_identified`
	Deleted       bool  // the person is deleted

	Properties    []byte           // one JSON object
	Members       []rawjson.Member // its top-level members, in order
	HasProperties bool

	TeamID  int64 // 0 when the shape has none
	At      Time  // when PostHog wrote the row: `_inserted_at`
	Created Time  // when the person was created
}

// begin empties the row for the next one, and keeps the memory of its IDs.
func (r *PersonRow) begin() { *r = PersonRow{DistinctIDs: r.DistinctIDs[:0]} }

func (r *PersonRow) addID(id []byte) { r.DistinctIDs = append(r.DistinctIDs, id) }

// setTotal sets how many IDs the person has, those that the export does not list among them.
func (r *PersonRow) setTotal(total int) { r.Missing = max(0, total-len(r.DistinctIDs)) }

// setProperties sets the properties, which are known. Nil text is none.
func (r *PersonRow) setProperties(text []byte, members []rawjson.Member) {
	if r.Properties, r.Members, r.HasProperties = text, members, true; text == nil {
		r.Properties = noProperties
	}
}

var noProperties = []byte("{}")
