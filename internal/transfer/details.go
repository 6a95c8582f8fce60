package transfer

import "time"

// DetailLevel says which Details a run collects.
type DetailLevel uint8

// The levels. Each has what those before it have.
const (
	NoDetails       DetailLevel = iota // none, which costs nothing
	PlainDetails                       // counts, and examples without personal data
	PersonalDetails                    // also distinct IDs, emails and raw rows
)

// Details are what a report shows of a run besides its Summary. They are nil unless Input.Details asks for
// them, because counting rows by day and by event takes a little time. Days add up to the rows of the first
// pass, and so do Events with EventsBeyond: without NotReached these are the rows of Summary.Rows, unless a run was
// resumed and interrupted before it came to where it had been.
type Details struct {
	// Days are the rows of each day in UTC, in order, of the times with which events are sent. Rows without a
	// usable time are the first, with an empty Day. Those of a day after the first 20,000 count there too.
	Days []DayRows `json:"days"`
	// Events are the rows of each event name, the most frequent first. Rows that are no events have an empty
	// name. EventsBeyond counts the rows of names that came after the first 10,000, or that are longer than 1024
	// bytes.
	Events       []EventRows `json:"events"`
	EventsBeyond RowFates    `json:"events_beyond"`
	// Examples are the first row of each reason for which rows are left out or rejected, in order of reading.
	Examples []RowExample `json:"examples"`
	// LargestPeople are those of the people who are sent with the most distinct IDs, the largest first, at most 20.
	LargestPeople []LargePerson `json:"largest_people"`
	Profiles      MadeProfiles  `json:"profiles"` // that the run has made or changed, or would in a preview
}

// RowFates counts rows by what becomes of them. Rows that Customer.io refuses, or that are ready to send when a
// run stops, count as Send.
type RowFates struct {
	Send       int64 `json:"to_send"`               // becomes an event, a page or a screen
	Person     int64 `json:"person"`                // only says something about a person
	LeftOut    int64 `json:"left_out"`              // by choice or by rule
	Rejected   int64 `json:"rejected"`              // cannot be sent
	Before     int64 `json:"before"`                // a duplicate of another row, or sent by an earlier run, or by this one before it was resumed
	NotReached int64 `json:"not_reached,omitempty"` // the run stopped before it looked at the row again
}

// All is how many rows there are.
func (f *RowFates) All() int64 {
	return f.Send + f.Person + f.LeftOut + f.Rejected + f.Before + f.NotReached
}

// DayRows are the rows of one day.
type DayRows struct {
	Day string `json:"day"` // as 2026-03-04
	RowFates
}

// EventRows are the rows of one event name.
type EventRows struct {
	Name string `json:"name"`
	RowFates
}

// RowExample is a row that is left out or rejected, and how many there are for the same reason.
type RowExample struct {
	Reason string    `json:"reason"`
	Rows   int64     `json:"rows"`
	File   string    `json:"file,omitempty"`
	Line   int64     `json:"line,omitempty"` // or Row, in files without lines
	Row    int64     `json:"row,omitempty"`
	Event  string    `json:"event,omitempty"`
	At     time.Time `json:"at,omitzero"`
	// DistinctID and Raw are personal data. They are empty without PersonalDetails.
	DistinctID string `json:"distinct_id,omitempty"`
	Raw        string `json:"raw,omitempty"` // the beginning of the row
}

// mostLargePeople is how many LargestPeople there are at most.
const mostLargePeople = 20

// LargePerson is somebody with many distinct IDs.
type LargePerson struct {
	IDs    int `json:"ids"`
	Logins int `json:"logins"` // of the IDs, those that are identified
	// KeptID and Emails are personal data, as in RowExample.
	KeptID string   `json:"kept_id,omitempty"`
	Emails []string `json:"emails,omitempty"`
}

// MadeProfiles counts the profiles that a run has made or changed, also before it was resumed, by what it did to them.
type MadeProfiles struct {
	New       int64 `json:"new"`       // Customer.io did not have them
	Updated   int64 `json:"updated"`   // it had them
	Unknown   int64 `json:"unknown"`   // either: nothing is known of what it had
	Unchanged int64 `json:"unchanged"` // not sent again, because an earlier run has sent the same
	Merged    int64 `json:"merged"`    // into others
}
