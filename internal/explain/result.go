package explain

import (
	"slices"
	"time"

	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer"
)

// Person is the person behind one distinct ID: which IDs are the same person and why, and what becomes of the
// person and of their rows.
type Person struct {
	Email  string `json:"asked,omitempty"` // for which Run was called, if ID is one of those who have it
	ID     string `json:"id"`              // for which Run was called, or of somebody who has the email
	Status string `json:"status"`          // sent, or why the person is not sent
	Kept   string `json:"kept,omitempty"`  // the kept ID; empty if the person is not sent
	By     string `json:"by,omitempty"`    // what identifies the person in Customer.io: id, email or cio_id
	Value  string `json:"value,omitempty"` // of that identifier
	// WithoutEmail is the email that the person is sent without, because somebody else has it; nil for none.
	WithoutEmail *LostEmail `json:"without_email,omitempty"`

	// Merges are the profiles that are merged into the person's.
	Merges []transfer.MergePair `json:"merges,omitempty"`
	// Held are the profiles of a person who waits because nothing says to merge them; nil for somebody who
	// does not.
	Held *transfer.HeldPerson `json:"held,omitempty"`

	IDs        []ID        `json:"ids"`     // the kept one first, then by the time of their first rows
	Refused    []Link      `json:"refused"` // links to others that PostHog does not follow
	Attributes []Attribute `json:"attributes"`

	Identify string           `json:"identify,omitempty"` // the operation that sends the profile, as JSON; empty for none
	Rejected string           `json:"rejected,omitempty"` // why there is none, if it is rejected
	Rows     map[string]int64 `json:"rows"`               // the person's, by what becomes of them; see nameOfOutcome
	// Rules are those of the mapping file that acted on the person's rows.
	Rules      []mapping.RuleUse `json:"rules,omitempty"`
	Operations []string          `json:"operations"` // the first five of the person's events, as JSON

	// Others are more people who have the email for which Run was called, and More are IDs of those who are
	// not explained.
	Others []*Person `json:"others,omitempty"`
	More   []string  `json:"more,omitempty"`
	// Near are up to ten IDs of other rows that differ from ID only in case or in space around it.
	Near []string `json:"near,omitempty"`
}

// Known reports whether a row, or the persons export, has the ID.
func (p *Person) Known() bool { return len(p.IDs) > 0 }

// has reports whether an ID is one of the person's.
func (p *Person) has(id string) bool {
	return p.Kept == id || slices.ContainsFunc(p.IDs, func(one ID) bool { return one.ID == id })
}

// forgetNear drops the IDs that somebody may have meant, because it is clear who was meant.
func (p *Person) forgetNear() { p.Near = nil }

// foundBy notes that the person was looked for by an email.
func (p *Person) foundBy(email string) { p.Email, p.Near = email, nil }

// withOthers returns the person as the first of all who have an email: others, and more who are not
// explained.
func (p *Person) withOthers(others []*Person, more []string) *Person {
	all := *p
	all.Others, all.More, all.Near = others, more, nil
	return &all
}

// LostEmail is an email that somebody else has.
type LostEmail struct {
	Email  string `json:"email"`
	HeldBy string `json:"held_by"` // a distinct ID of the one who has it
}

// ID is one distinct ID of a person.
type ID struct {
	ID    string    `json:"id"`
	Rows  int64     `json:"rows"`           // how many rows have it
	First time.Time `json:"first,omitzero"` // of those rows; zero if none has a time
	Last  time.Time `json:"last,omitzero"`
	Link  *Link     `json:"link,omitempty"` // the row that linked it to the others; nil if none did
	Why   string    `json:"why"`            // why it is the person's, in words
}

// Link is a row that says that two IDs are one person.
type Link struct {
	Place  Row    `json:"place"`
	ID     string `json:"id"`     // the distinct ID of the row
	Other  string `json:"other"`  // the ID that the row names
	Reason string `json:"reason"` // why the two are one person, or are not
}

// Attribute is a final property of a person, as PostHog has it.
type Attribute struct {
	Name  string `json:"name"`
	Value string `json:"value"` // as JSON
	Place Row    `json:"place"` // that set it; zero if that was the persons export
}

// Row says where a row is, so that it can be found.
type Row struct {
	File  string    `json:"file,omitempty"`
	Line  int64     `json:"line,omitempty"` // on which the row starts, from 1
	Event string    `json:"event,omitempty"`
	Time  time.Time `json:"time,omitzero"` // when PostHog took it in; zero if it does not say
}
