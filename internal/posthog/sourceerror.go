package posthog

import (
	"errors"
	"fmt"

	"ph2cio/internal/escape"
	"ph2cio/internal/exit"
	"ph2cio/internal/source"
)

// SourceError is an error of a whole source. Reading continues with the next source.
type SourceError struct {
	Path   string
	Kind   SourceTrouble
	Err    error
	Advice string // what to do about it; may be empty

	Persons bool // of a Refused source: it is an export of persons
	Stray   bool // of a Refused source: nothing in it belongs to an export, not even a damaged one
	Unended bool // of a Warning: its last row was left out, see Options.WrittenSince

	// Sound is how many bytes of a Damaged source's text, from the start, may be used. Doubtful means that
	// chunks with later text have been yielded already, because the damage was found too late. Then the whole
	// pass is unreliable; read again with this error in Options.Known.
	Sound    int64
	Doubtful bool
}

func (e *SourceError) Error() string { return fmt.Sprintf("reading %s: %v", e.Path, e.Err) }

func (e *SourceError) Unwrap() error { return e.Err }

// ExitCode returns the exit code of the program for this error.
func (e *SourceError) ExitCode() int { return exit.Input }

// Hint returns what to do about it.
func (e *SourceError) Hint() string { return e.Advice }

// AsWarning returns an error that Read yields if it is a Warning: the source was read, but there is something
// to know about it.
func AsWarning(err error) (*SourceError, bool) {
	warning, ok := errors.AsType[*SourceError](err)
	return warning, ok && warning.Kind == Warning
}

// SourceTrouble is the kind of a SourceError.
type SourceTrouble uint8

const (
	Damaged SourceTrouble = iota // the good text was read, up to the damage or around it
	Gone                         // it cannot be opened or read
	Refused                      // it is not a file of PostHog events
	Changed                      // it differs from what the first pass has read
	Warning                      // it was read, but with a warning
)

// again returns the error for a pass that knows it; nil for nil.
func (e *SourceError) again() *SourceError {
	if e == nil {
		return nil
	}
	again := *e
	again.Doubtful = false
	return &again
}

const hintChanged = "run again once nothing writes to the file"

// refusal says what a file is, if it is not one of PostHog events, and what to do.
type refusal struct {
	what string
	hint string

	persons, stray bool // see SourceError
}

func refuse(what, hint string) *refusal { return &refusal{what: what, hint: hint} }

func (r *refusal) Error() string { return r.what }

// refusedSource returns the error for a refused source. codec is its compression: a file with the magic
// number of a compression is no stray, but brotli has none.
func refusedSource(input *source.Source, r *refusal, codec string) *SourceError {
	e := &SourceError{Path: input.Name, Kind: Refused, Err: r, Advice: r.hint, Persons: r.persons}
	e.Stray = r.stray && (codec == "" || codec == "brotli")
	if r.persons {
		e.Advice = "pass it as --persons " + escape.Shell(input.Name) + ", with an export of events as SOURCE"
	} else if input.Beside {
		e.Advice += "; or leave the file out: --exclude " + escape.Shell(source.Base(input.Name))
	}
	return e
}

// personsExport refuses persons where events are read.
func personsExport() *refusal {
	return &refusal{what: "the file is an export of persons, not of events", persons: true}
}
