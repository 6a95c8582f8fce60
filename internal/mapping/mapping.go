// Package mapping turns PostHog's events and people into Customer.io's operations. It is the only package that speaks
// both vocabularies.
package mapping

import (
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// Options are the mapping's flags, as text where a flag is text. The zero value of each is its default.
type Options struct {
	Now               time.Time      // the run's own now; must be set
	Events            []string       // names and globs: only these, and they override noise
	SkipEvents        []string       // names and globs
	PageName          string         // url, url-no-query, path, title
	Properties        string         // custom, all
	DropProperties    []string       // globs
	RedactQuery       []string       // more query parameter names to redact
	PersonProperties  string         // custom, all
	DateAttributes    []string       // globs
	AllowReserved     []string       // names
	PersonAttributes  []string       // name=template
	EventAttributes   []string       // name=template
	IdentifierKey     customerio.Key // with IdentifierValue; default id
	IdentifierValue   string         // template
	EventValueLimit   int            // bytes; 0 is no limit
	IdentifyTimestamp bool
	Since, Until      time.Time // of the event; zero is no bound
	LiveSince         time.Time // of created_at; zero is none
	HoldRecent        bool      // hold events younger than 72 hours
}

// Rules are options made ready. They may be used from many goroutines.
type Rules struct{}

// New checks the options. An error names the flag and what it takes.
func New(o Options) (*Rules, error) { panic("not yet") }

// Filtered reports whether any option leaves out rows that would otherwise be sent.
func (r *Rules) Filtered() bool { panic("not yet") }

// KeepPersonProperty says which person properties the first reading must fold: those that will be sent, and those that a
// template names.
func (r *Rules) KeepPersonProperty(key []byte) bool { panic("not yet") }

// Bucket is where a row ends. Every row ends in exactly one.
type Bucket uint8

const (
	Send        Bucket = iota // an operation was made of it
	FeedsPerson               // it only feeds a person
	Skipped                   // left out by choice
	Rejected                  // cannot be sent
)

// Outcome is what became of a row.
type Outcome struct {
	Bucket Bucket
	Reason string            // of Skipped and Rejected: one of the Reason constants
	Detail string            // of Rejected: what exactly is wrong, for a person
	Action customerio.Action // of Send
	Recent bool              // of Send: younger than 72 hours, can start a campaign
}

// Classify says what a row is by its own name and times, without knowing its person: Send, if the person is sent.
func (r *Rules) Classify(e *posthog.Event) Outcome { panic("not yet") }

// Mapper maps for one goroutine: it holds scratch memory and counts.
type Mapper struct {
	// ValuesCut counts what was changed to fit, by kind.
	ValuesCut map[string]int64
}

// NewMapper returns a mapper over settled people.
func (r *Rules) NewMapper(s *people.Settled) *Mapper { panic("not yet") }

// Event appends the row's operation to dst and returns it with the row's outcome; dst comes back unchanged unless the
// outcome is Send. person is who the operation is for, nil unless the person is sent.
func (m *Mapper) Event(dst []byte, e *posthog.Event) (out []byte, person *people.Person, o Outcome) {
	panic("not yet")
}

// Person appends the person's identify operation. The outcome is Send, or Rejected with a reason.
func (m *Mapper) Person(dst []byte, p *people.Person) ([]byte, Outcome) { panic("not yet") }

// Link appends the merge operation of an accepted $identify.
func (m *Mapper) Link(dst []byte, l people.Link) []byte { panic("not yet") }
