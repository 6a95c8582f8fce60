package inspect

import (
	"time"

	"ph2cio/internal/export"
	"ph2cio/internal/source"
)

// Result is what is in an export, and what the rules of a plan would make of it.
type Result struct {
	Files  []File      `json:"files"`
	Teams  []int64     `json:"teams"` // the first few team_ids; a run takes one
	Rows   export.Rows `json:"rows"`  // as a preview of the same plan counts them
	Times  Times       `json:"times"`
	People People      `json:"people"`
	Events []Event     `json:"events"` // the most frequent first
	// EventProperties are those of rows that become an event, a page or a screen. The most frequent come first; those that
	// are only ever null come later, and those that are left out last.
	EventProperties []Property `json:"event_properties"`
	// PersonProperties are the final properties of the people who would be sent, as far as they are looked at.
	PersonProperties []Property       `json:"person_properties"`
	Columns          []Column         `json:"columns"` // of CSV, those that hold one value each
	Beyond           Beyond           `json:"beyond"`
	ValuesCut        map[string]int64 `json:"values_cut"`
	// SkippedEvents are those of Events that are skipped as noise, with what would send them.
	SkippedEvents       []export.SkippedEvent `json:"skipped_events,omitempty"`
	SkippedEventsBeyond int64                 `json:"skipped_events_beyond,omitempty"` // rows
	export.AttributeSummary
	TimedByCreatedAt int64                `json:"timed_by_created_at,omitempty"` // rows, as in a Summary
	UnreadFields     []export.UnreadField `json:"unread_fields,omitempty"`
	MayDouble        int64                `json:"rows_without_uuid,omitempty"` // beside others, as in a Summary
	Rejects          []Reject             `json:"rejects"`                     // in order of their first place
	Incomplete       []*source.Incomplete `json:"incomplete,omitempty"`        // exports of which files are missing
	Seconds          float64              `json:"seconds"`
}

// Troubled reports whether a file is not good.
func (in *Result) Troubled() bool {
	for _, f := range in.Files {
		if f.State != FileGood {
			return true
		}
	}
	return false
}

// File is one file.
type File struct {
	Path    string   `json:"path"`
	Bytes   int64    `json:"bytes"`             // on disk
	Shape   string   `json:"shape,omitempty"`   // what kind of file it is; empty when nothing could be read of it
	Codec   string   `json:"codec,omitempty"`   // what it is compressed with; empty for nothing
	Rows    int64    `json:"rows"`              // good and bad
	BadRows int64    `json:"bad_rows"`          // that are no events
	State   string   `json:"state"`             // good, damaged, missing, refused or changed
	Trouble string   `json:"trouble,omitempty"` // what is wrong, for a person
	Hint    string   `json:"hint,omitempty"`    // what to do about it
	Notes   []string `json:"notes,omitempty"`   // what there is to know about a file that was read well
}

// The states of a file.
const (
	FileGood    = "good"
	FileMissing = "missing"
)

// Times is when the events happened, by the times that they would be sent with.
type Times struct {
	First    time.Time        `json:"first,omitzero"`
	Last     time.Time        `json:"last,omitzero"`
	Unusable map[string]int64 `json:"unusable"` // rows without such a time, by reason, whatever their events are
}

// People counts who is in the export.
type People struct {
	DistinctIDs int64 `json:"distinct_ids"`
	People      int   `json:"people"`
	Identified  int   `json:"identified"`
	WithEmail   int   `json:"with_email"` // identified or not
	Anonymous   int   `json:"anonymous"`  // not identified
	Sent        int64 `json:"sent"`       // that would be, by the plan's choice
	export.Uncertain
}

// Event is the rows of one event name.
type Event struct {
	Name    string  `json:"name"`
	Rows    int64   `json:"rows"`
	Share   float64 `json:"share"`   // of all good rows, from 0 to 1
	Treated string  `json:"treated"` // event, page, screen or person, else the reason why it is skipped or rejected
}

// Property is the values of one property name.
type Property struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"` // or people, that have it
	// Coverage is the share of those that have it, from 0 to 1, among the rows of the events that ever do, or all people.
	Coverage float64          `json:"coverage"`
	Types    map[string]int64 `json:"types"`   // JSON types of its values
	Longest  int64            `json:"longest"` // value in bytes: of a string without quotes and escapes, else as JSON; null is none
	Treated  string           `json:"treated"` // sent, date, redacted, left_out or a kind of values_cut
}

// Column is one column of CSV that holds one value.
type Column struct {
	Name       string             `json:"name"` // properties.NAME or person.properties.NAME
	Type       string             `json:"type"` // number, boolean, JSON or text; empty where no cell says
	NotNumbers int64              `json:"not_numbers,omitempty"`
	MadeText   *export.TextColumn `json:"made_text,omitempty"`
}

// Beyond is what was only counted, since its name came after the first 10,000, or is over 1024 bytes.
type Beyond struct {
	Events           int64 `json:"events"`            // rows
	EventProperties  int64 `json:"event_properties"`  // values
	PersonProperties int64 `json:"person_properties"` // values
}

// Reject is the rows, or people, that would be rejected for one reason.
type Reject struct {
	Reason string        `json:"reason"`
	Count  int64         `json:"count"`
	First  export.Reject `json:"first"`
}
