package posthog

import (
	"fmt"
	"path/filepath"

	"ph2cio/internal/escape"
	"ph2cio/internal/exit"
	"ph2cio/internal/source"
)

// SourceError is trouble with one whole source. Reading goes on with the next source.
type SourceError struct {
	Path   string
	Kind   SourceTrouble
	Err    error
	Advice string // what to do about it; may be empty

	Persons bool // of a Refused source: it is an export of persons
	Stray   bool // of a Refused source: nothing in it is of an export, so that it is no damaged one either
	Unended bool // of a Warning: its last row was left out, see Options.WrittenSince

	// Sound is how many bytes of a Damaged source's text, from the start, are to be used, and Doubtful that chunks have
	// come with text after that: the damage was found too late. Then nothing of this reading can be relied on; read
	// again with this error in Options.Known.
	Sound    int64
	Doubtful bool
}

func (e *SourceError) Error() string { return fmt.Sprintf("reading %s: %v", e.Path, e.Err) }

func (e *SourceError) Unwrap() error { return e.Err }

// ExitCode is what the program ends with.
func (e *SourceError) ExitCode() int { return exit.Input }

// Hint is what to do about it.
func (e *SourceError) Hint() string { return e.Advice }

// SourceTrouble says what kind of trouble a source is in.
type SourceTrouble uint8

const (
	Damaged SourceTrouble = iota // what was good has been read, up to the damage or around it
	Gone                         // it cannot be opened or read
	Refused                      // it is not a file of PostHog events
	Changed                      // it is not what it was in the first reading
	Warning                      // it has been read, but there is something to know about it
)

// again is the error in a reading that knew of it; nil for nil.
func (e *SourceError) again() *SourceError {
	if e == nil {
		return nil
	}
	again := *e
	again.Doubtful = false
	return &again
}

const hintChanged = "run again once nothing writes to the file"

// A refusal says what a file is instead of a file of PostHog events, and what to do.
type refusal struct {
	what string
	hint string

	persons, stray bool // see SourceError
}

func refuse(what, hint string) *refusal { return &refusal{what: what, hint: hint} }

func (r *refusal) Error() string { return r.what }

// refusedSource is the error for a source that cannot be read for a reason of its own. codec is what it is compressed
// with: a file with the magic number of one is no stray, but brotli has none.
func refusedSource(input *source.Source, r *refusal, codec string) *SourceError {
	e := &SourceError{Path: input.Name, Kind: Refused, Err: r, Advice: r.hint, Persons: r.persons}
	e.Stray = r.stray && (codec == "" || codec == "brotli")
	if r.persons {
		e.Advice = "pass it as --persons " + escape.Shell(input.Name) + ", with an export of events as SOURCE"
	} else if input.Beside {
		e.Advice += "; or leave the file out: --exclude " + escape.Shell(filepath.Base(input.Name))
	}
	return e
}

// personsExport refuses persons where events are read.
func personsExport() *refusal {
	return &refusal{what: "the file is an export of persons, not of events", persons: true}
}
