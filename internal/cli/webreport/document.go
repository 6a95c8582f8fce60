package webreport

import (
	"time"

	"ph2cio/internal/inspect"
	"ph2cio/internal/transfer"
)

// Kind is what a page is about.
type Kind string

// What a page may be about.
const (
	Plan      Kind = "plan"      // what a run would send; nothing was sent
	Sent      Kind = "sent"      // what a run sent that came to its end
	Stopped   Kind = "stopped"   // what a run sent that was stopped, and that can be resumed
	Failed    Kind = "failed"    // what a run sent, or read, until an error ended it
	Inspected Kind = "inspected" // what is in an export
)

// Document is all that a page is made of. What is empty is left out of the page.
type Document struct {
	Kind    Kind
	Command string    // preview, backfill, sync, retry or inspect
	Sources []string  // as they were typed
	To      string    // as "workspace 1 (us)"; empty if nothing of it is known
	Began   time.Time // when the run began
	Ended   time.Time // zero if that is not known

	Summary    *transfer.Summary // nil for an inspection; its Details may be nil
	Inspection *inspect.Result   // nil for anything else; the same
	Profiles   *Profiles         // that the run made; nil if nothing is known of them

	People  string // the choice of --people
	Failure string // what ended the run early
	Hint    string // what to do about that
	// Answers are what Customer.io has answered, as Failure quotes it. They may have personal data.
	Answers []string

	// Examples says that the page may show personal data: IDs, emails, raw rows. Without it they are left out,
	// also where the other fields have them, and the page says which flag shows them.
	Examples bool

	// Words are the command as it was typed, with the name of the program. Secrets in URLs are redacted by
	// Write.
	Words    []string
	Settings []Setting // that were not left at their defaults
	Version  string
	Commit   string
	Platform string // as linux/amd64
	State    string // the state directory; empty for none
}

// Setting is the value of a flag and what gave it.
type Setting struct {
	Flag   string // without dashes
	Value  string
	Origin string // CommandLine, or as "PH2CIO_RATE in .env" or "mapping.yaml:3"
}

// CommandLine is the origin of settings that were typed. They are not listed, because Words have them.
const CommandLine = "command line"

// Profiles counts the profiles of a run by what the run did to them. New and Updated are counted as far as it
// is known what Customer.io had; Unknown are those of which it is not known.
type Profiles struct {
	New       int64
	Updated   int64
	Unknown   int64
	Unchanged int64  // not sent again, because an earlier run has sent the same
	Merged    int64  // merged into others
	File      string // that lists them; empty for none
}

// ExamplesFlag is the name of the flag that Document.Examples is of.
const ExamplesFlag = "report-examples"

// details returns the details of a run or of an inspection, empty ones for none.
func (d *Document) details() *transfer.Details {
	switch {
	case d.Summary != nil && d.Summary.Details != nil:
		return d.Summary.Details
	case d.Inspection != nil && d.Inspection.Details != nil:
		return d.Inspection.Details
	}
	return &transfer.Details{}
}

// rows returns the buckets that rows end in.
func (d *Document) rows() *transfer.Rows {
	switch {
	case d.Summary != nil:
		return &d.Summary.Rows
	case d.Inspection != nil:
		return &d.Inspection.Rows
	}
	return &transfer.Rows{}
}

// sent reports whether the page is about what was sent, not about what would be.
func (d *Document) sent() bool { return d.Kind == Sent || d.Kind == Stopped || d.Kind == Failed }
