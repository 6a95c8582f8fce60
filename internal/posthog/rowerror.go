package posthog

import (
	"encoding/json"
	"fmt"
)

// fault is an error of one row: a code for counting and a text for people.
type fault struct {
	reason string
	detail string
}

// The reasons for which this package rejects rows.
const (
	NotJSON       = "not_json"        // the row, or a cell that must be JSON, is not valid JSON
	NotAnObject   = "not_an_object"   // valid JSON, but not an object
	NotAnEvent    = "not_an_event"    // there is no event name
	NoDistinctID  = "no_distinct_id"  // there is no distinct ID, or a blank one
	BadDistinctID = "bad_distinct_id" // the distinct ID is not text, or text that has been damaged
	RoundedID     = "rounded_id"      // a spreadsheet has rounded the distinct ID or another ID of the row
	NoPersonID    = "no_person_id"    // in a persons export: there is no UUID of a person
	BadTeamID     = "bad_team_id"     // the team_id is no whole number: the row may be of another project
	RowTooLong    = "row_too_long"    // longer than Options.MaxRow
	CSVFields     = "csv_fields"      // not as many cells as the header
	CSVQuotes     = "csv_quotes"      // a quote in the wrong place, or one that is never closed
)

// add adds text to the detail.
func (f *fault) add(detail string) { f.detail += detail }

func faultf(reason, format string, args ...any) *fault {
	return &fault{reason: reason, detail: fmt.Sprintf(format, args...)}
}

// notJSON is the fault of text that is not valid JSON. what names the text; encoding/json says what is wrong
// with it.
func notJSON(what string, text []byte) *fault {
	var raw json.RawMessage
	err := json.Unmarshal(text, &raw)
	if err == nil {
		return faultf(NotJSON, "%s is not valid JSON", what)
	}
	if len(text) == 0 {
		return faultf(NotJSON, "%s is empty, not JSON", what)
	}
	return faultf(NotJSON, "%s is not valid JSON: %v", what, err)
}

// notAnObject is the fault of text that is not a JSON object: JSON of another kind, or none.
func notAnObject(what string, text []byte) *fault {
	if !json.Valid(text) {
		return notJSON(what, text)
	}
	return faultf(NotAnObject, "%s is JSON, but not an object", what)
}

// RowError is the error of one bad row. Reading continues after it.
type RowError struct {
	Path   string
	Ref    uint64 // the row's number in reading order over all sources, from 0
	Line   int64  // the line on which it starts, from 1
	Reason string // a short code for counting: NotJSON or another of these constants
	Detail string // what exactly is wrong, for people; it may quote the row
	Row    []byte // the row's first bytes, at most 4 KiB; borrowed like those of an Event
}

func (e *RowError) Error() string {
	return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Detail)
}

const shownRow = 4 << 10
