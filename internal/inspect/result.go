package inspect

import (
	"time"

	"ph2cio/internal/mapping"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// Result is what is in an export, and what a run would make of it.
type Result struct {
	Files  []File        `json:"files"`
	Teams  []int64       `json:"teams"` // the first 11 team_ids; a run sends the rows of one
	Rows   transfer.Rows `json:"rows"`  // as a preview by the same rules counts them
	Times  Times         `json:"times"`
	People People        `json:"people"`
	Events []Event       `json:"events"` // the most frequent first
	// EventProperties are the properties of rows that become an event, a page or a screen: the most frequent
	// first, then those that are null in every row, then those that are left out.
	EventProperties []Property `json:"event_properties"`
	// PersonProperties are the final properties of the people who would be sent, in the same order.
	// Properties that the rules never read are not among them.
	PersonProperties []Property `json:"person_properties"`
	Columns          []Column   `json:"columns"` // of CSV files, those that hold one value each
	// ParquetColumns are the columns of Parquet files, those of the first file first. A name with several
	// types, or that is read in some files only, is there several times.
	ParquetColumns []ParquetColumn  `json:"parquet_columns,omitempty"`
	Beyond         Beyond           `json:"beyond"`
	ValuesCut      map[string]int64 `json:"values_cut"`
	// SkippedEvents are the names among Events that are skipped as noise, with the flag that would send each.
	// SkippedEventsBeyond counts the rows of such names that are not listed.
	SkippedEvents       []transfer.SkippedEvent `json:"skipped_events,omitempty"`
	SkippedEventsBeyond int64                   `json:"skipped_events_beyond,omitempty"`
	transfer.AttributeSummary
	Rules        []mapping.RuleUse     `json:"rules,omitempty"` // of the mapping file
	UnmetFilters []mapping.UnmetFilter `json:"test_accounts_unmet,omitempty"`
	// TimedByCreatedAt, UnreadFields and MayDouble are, like UnmetFilters, those of transfer.Summary.
	TimedByCreatedAt int64                  `json:"timed_by_created_at,omitempty"`
	UnreadFields     []transfer.UnreadField `json:"unread_fields,omitempty"`
	MayDouble        int64                  `json:"rows_without_uuid,omitempty"`
	Rejects          []Reject               `json:"rejects"`              // by reason, in order of the first
	Incomplete       []*source.Incomplete   `json:"incomplete,omitempty"` // exports of which files are missing
	Details          *transfer.Details      `json:"details,omitempty"`    // of a preview by the same rules; nil unless the input asks for them
	Seconds          float64                `json:"seconds"`              // that the inspection took
}

// Troubled reports whether some file is not FileGood.
func (in *Result) Troubled() bool {
	for _, f := range in.Files {
		if f.State != FileGood {
			return true
		}
	}
	return false
}

// File is what is known of one source, or of an argument that names no file.
type File struct {
	Path      string   `json:"path"`
	Bytes     int64    `json:"bytes"`                // on disk
	Shape     string   `json:"shape,omitempty"`      // what kind of file it is; empty if nothing of it could be read
	Codec     string   `json:"codec,omitempty"`      // what it is compressed with; empty if it is not compressed
	RowGroups int      `json:"row_groups,omitempty"` // of a Parquet file
	Rows      int64    `json:"rows"`                 // good and bad rows
	BadRows   int64    `json:"bad_rows"`             // rows that are no events
	State     string   `json:"state"`                // FileGood or another of the constants below
	Trouble   string   `json:"trouble,omitempty"`    // what is wrong with it, in words
	Hint      string   `json:"hint,omitempty"`       // what to do about it
	Notes     []string `json:"notes,omitempty"`      // about a file that was read to its end
}

// These are the values of File.State.
const (
	FileGood    = "good"
	FileDamaged = "damaged" // a part of it cannot be read, or all
	FileMissing = "missing" // it cannot be opened or read
	FileRefused = "refused" // it is no file of PostHog events
	FileChanged = "changed" // it is not what it was in the first pass
)

// Times is the span of the times with which the events would be sent. First and Last are zero if no row has
// such a time.
type Times struct {
	First    time.Time        `json:"first,omitzero"`
	Last     time.Time        `json:"last,omitzero"`
	Unusable map[string]int64 `json:"unusable"` // rows without such a time, sent or not, by the reason
}

// People counts who is in the export.
type People struct {
	DistinctIDs int64 `json:"distinct_ids"`
	People      int   `json:"people"`
	Identified  int   `json:"identified"`
	WithEmail   int   `json:"with_email"` // identified or not
	Anonymous   int   `json:"anonymous"`  // people who are not identified
	Sent        int64 `json:"sent"`       // people whom a run would send
	transfer.Uncertain
}

// Event counts the rows with one event name.
type Event struct {
	Name  string  `json:"name"`
	Rows  int64   `json:"rows"`
	Share float64 `json:"share"` // of all rows that are events, from 0 to 1
	// Treated is event, page, screen or person, else the reason why its rows are skipped or rejected.
	Treated string `json:"treated"`
	// Renamed is the name that a rule of the mapping file without a condition gives to its events, as the file
	// has it; empty if none does, or if they are not sent.
	Renamed string `json:"renamed,omitempty"`
}

// Property counts the values of one property name.
type Property struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"` // rows, or people, that have the property
	// Coverage is Rows as a part, from 0 to 1, of the rows of all events that ever have the property, or of
	// all people.
	Coverage float64          `json:"coverage"`
	Types    map[string]int64 `json:"types"` // how many of its values are of each JSON type
	// Longest is the length of its longest value in bytes: that of a string's text, that of another value as
	// JSON, 0 for null.
	Longest int64  `json:"longest"`
	Treated string `json:"treated"` // sent, date, redacted, left_out or a key of values_cut
}

// AlwaysNull reports whether the property never has a value.
func (p *Property) AlwaysNull() bool { return p.Types[jsonTypeNames[jsonNull]] == p.Rows }

// Column is a column of CSV files that holds one value in each row.
type Column struct {
	Name       string               `json:"name"`                  // properties.NAME or person.properties.NAME
	Type       string               `json:"type"`                  // number, boolean, JSON or text; empty if no cell has a value
	NotNumbers int64                `json:"not_numbers,omitempty"` // cells that are nan or infinite
	MadeText   *transfer.TextColumn `json:"made_text,omitempty"`   // why it is text; nil if all its cells are, or none
}

// ParquetColumn is a column of Parquet files, with one type.
type ParquetColumn struct {
	Name    string `json:"name"`
	Type    string `json:"type"`              // as INT64 or TIMESTAMP(MICROS, UTC)
	Read    bool   `json:"read"`              // it is a part of events, and no better column of its file has the same
	Trouble string `json:"trouble,omitempty"` // why it cannot be read; empty if it can
	Files   int64  `json:"files"`             // how many files have it
}

// Beyond counts what has a name that is not listed, because 10,000 other names came before it or it is longer
// than 1024 bytes.
type Beyond struct {
	Events           int64 `json:"events"`            // rows
	EventProperties  int64 `json:"event_properties"`  // values
	PersonProperties int64 `json:"person_properties"` // values
}

// Reject counts the rows and people that would be rejected for one reason, and shows the first of them.
type Reject struct {
	Reason string         `json:"reason"`
	Count  int64          `json:"count"`
	First  deliver.Reject `json:"first"`
}

// add counts another one.
func (r *Reject) add() { r.Count++ }
