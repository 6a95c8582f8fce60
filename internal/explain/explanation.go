package explain

import (
	"time"

	"ph2cio/internal/export"
)

// Person says who the person behind one distinct ID is, and why.
type Person struct {
	Email  string `json:"asked,omitempty"` // the email that was asked for, if it is not the ID
	ID     string `json:"id"`              // that was asked for, or one of the person whose email it is
	Status string `json:"status"`          // sent, or why the person is not
	Kept   string `json:"kept,omitempty"`  // the ID that the person keeps
	By     string `json:"by,omitempty"`    // what the person is identified by in Customer.io, and its value
	Value  string `json:"value,omitempty"`
	// WithoutEmail is the email that the person is sent without, because another one has it; nil for none.
	WithoutEmail *LostEmail `json:"without_email,omitempty"`

	// Merges are the profiles that go into the person's.
	Merges []export.MergePair `json:"merges,omitempty"`
	// Held are the profiles of somebody who is held, nil for one who is not.
	Held *export.HeldPerson `json:"held,omitempty"`

	IDs        []ID        `json:"ids"`     // the kept one first, then as they came up
	Refused    []Link      `json:"refused"` // links to others that were not followed
	Attributes []Attribute `json:"attributes"`

	Identify   string           `json:"identify,omitempty"` // the operation, as JSON
	Rejected   string           `json:"rejected,omitempty"` // why there is none
	Rows       map[string]int64 `json:"rows"`               // of the person, by what becomes of them
	Operations []string         `json:"operations"`         // the first few of their events, as JSON

	// Others are more people who have the email that was asked for, as far as they are explained, and More
	// IDs of the rest.
	Others []*Person `json:"others,omitempty"`
	More   []string  `json:"more,omitempty"`
	// Near are IDs on rows that differ from the one asked for in case or in space around it alone, the first
	// few of them.
	Near []string `json:"near,omitempty"`

	emailOf []string // IDs of those who have the email that was asked for
}

// Known reports whether a row, or the persons export, has the ID that was asked for.
func (w *Person) Known() bool { return len(w.IDs) > 0 }

// LostEmail is an email that another person has.
type LostEmail struct {
	Email  string `json:"email"`
	HeldBy string `json:"held_by"` // an ID of the one who has it
}

// ID is one distinct ID of a person.
type ID struct {
	ID    string    `json:"id"`
	Rows  int64     `json:"rows"` // that it stands on
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
	Link  *Link     `json:"link,omitempty"` // the row that tied it to the others, if one did
	Why   string    `json:"why"`            // in plain words
}

// Link is a row that says that two IDs are one person.
type Link struct {
	Place  Row    `json:"place"`
	ID     string `json:"id"`    // the row's distinct_id
	Other  string `json:"other"` // the ID that it names
	Reason string `json:"reason"`
}

// Attribute is a final attribute, before it is mapped.
type Attribute struct {
	Name  string `json:"name"`
	Value string `json:"value"` // JSON
	Place Row    `json:"place"` // the row that set it
}

// Row is a row, by what one would look for.
type Row struct {
	File  string    `json:"file,omitempty"`
	Line  int64     `json:"line,omitempty"`
	Event string    `json:"event,omitempty"`
	Time  time.Time `json:"time,omitzero"`
}
