package posthog

import (
	"context"
	"iter"
)

// PersonRow is one row of a persons export: a distinct ID and its person, or a person and what is known of it.
//
// Every byte slice is borrowed: it is valid until the next row is asked for.
type PersonRow struct {
	Line int64 // the line on which the row starts in its (decompressed) file, from 1

	DistinctIDs    [][]byte // legal or not; none where the row is about the person alone
	Missing        int      // how many more the person has that the export does not name
	Version        int64    // of the tie between the ID and the person; the highest counts
	MappingDeleted bool     // the ID has that person no more, or none where the row names none

	PersonID      UUID
	HasPersonID   bool  // else DistinctIDs are those of one person
	PersonVersion int64 // of what is known of the person; the highest counts
	Identified    bool  // `is_identified`
	Deleted       bool  // the person is deleted

	Properties    []byte   // one JSON object
	Members       []Member // its top-level members, in order
	HasProperties bool

	TeamID  int64 // 0 when the shape has none
	At      Time  // when PostHog wrote the row: `_inserted_at`
	Created Time  // when the person came up
}

// ReadPersons yields the rows of persons exports in order: batch exports of the persons model, the web interface's CSV of
// persons, the persons list as JSON, and dumps of ClickHouse's tables person_distinct_id2 and person, compressed or not. A
// *RowError is one bad row, a *SourceError trouble with one file; reading goes on after both. Any other error, the cause of a
// cancelled context among them, is the last thing yielded.
func ReadPersons(ctx context.Context, sources []Source, options Options) iter.Seq2[*PersonRow, error] {
	options.persons = true
	return func(yield func(*PersonRow, error) bool) {
		for chunk, err := range Read(ctx, sources, options) {
			if err != nil {
				if !yield(nil, err) {
					return
				}
				continue
			}
			if !chunk.persons(yield) {
				return
			}
			if options.Types != nil {
				options.Types.Add(chunk)
			}
			chunk.Release()
		}
	}
}

// persons yields the chunk's rows as those of a persons export; it returns false when nobody wants more.
func (c *Chunk) persons(yield func(*PersonRow, error) bool) bool {
	d := decoders.Get().(*decoder)
	defer decoders.Put(d)
	d.renamed, d.zone = c.layout.renamed, c.layout.zone
	d.beginCells(c)
	defer d.endCells(c)
	if !c.tooLong && (c.ends == nil || c.layout.elements != nil) {
		d.rows = markStops(d.rows, c.guarded, len(c.data))
	}
	line := c.Line
	for start, number := 0, uint32(0); start < len(c.data); number++ {
		d.begin()
		d.beginPerson()
		d.event.Ref, d.event.Line, d.row.Line = c.Ref+uint64(number), line, line
		r := c.row(d, start, number)
		text := c.data[r.start:r.end]
		start, line = r.next, line+r.lines
		switch {
		case r.blank:
		case r.fault != nil:
			if !yield(nil, c.rowError(d, r.fault, text)) {
				return false
			}
		case !yield(&d.row, nil):
			return false
		}
	}
	return true
}

func (d *decoder) beginPerson() {
	d.row = PersonRow{DistinctIDs: d.row.DistinctIDs[:0]}
}
