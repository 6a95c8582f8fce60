package mappingfile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"ph2cio/internal/escape"
)

// Position is a place in a mapping file. Both numbers begin with 1; columns count characters. The zero value
// is no place.
type Position struct {
	Line, Column int
}

// Error says what is wrong with a mapping file, and where.
type Error struct {
	File         string
	Line, Column int
	Text         string // what is wrong
	Hint         string // what to write instead; empty if that is not known
}

// Error returns FILE:LINE:COLUMN, which editors and terminals turn into a link, what is wrong, and the hint.
func (e *Error) Error() string {
	text := fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Text)
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return escape.Text(text)
}

// hinted returns the error with a hint.
func (e *Error) hinted(format string, values ...any) *Error {
	e.Hint = fmt.Sprintf(format, values...)
	return e
}

// compare orders errors by their places.
func (e *Error) compare(other *Error) int {
	return cmp.Or(cmp.Compare(e.Line, other.Line), cmp.Compare(e.Column, other.Column))
}

// maxErrors bounds how many errors of a file are reported.
const maxErrors = 50

// problems collects the errors of a file.
type problems struct {
	file string
	all  []*Error
	more int // that are not kept
}

// found returns how many errors there are.
func (p *problems) found() int { return len(p.all) + p.more }

// errorf adds an error and returns it, so that a hint can be added.
func (p *problems) errorf(at Position, format string, values ...any) *Error {
	if len(p.all) > 2*maxErrors {
		p.more++
		return &Error{}
	}
	e := &Error{File: p.file, Line: at.Line, Column: at.Column, Text: fmt.Sprintf(format, values...)}
	p.all = append(p.all, e)
	return e
}

// enough reports whether there are so many errors that others need no exact place and no hint: to find these
// takes time.
func (p *problems) enough() bool { return len(p.all) > maxErrors }

// err returns all errors as one, in the order of the file; nil if there are none.
func (p *problems) err() error {
	slices.SortStableFunc(p.all, (*Error).compare)
	var errs []error
	for i, e := range p.all {
		if i == maxErrors {
			errs = append(errs, fmt.Errorf("%s: and %d more errors", escape.Text(p.file), p.found()-maxErrors))
			break
		}
		errs = append(errs, e)
	}
	return errors.Join(errs...)
}

// Join joins errors like errors.Join, and puts those of a mapping file into its order, before all others.
func Join(errs ...error) error {
	var all []error
	for _, err := range errs {
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			all = append(all, joined.Unwrap()...)
		} else if err != nil {
			all = append(all, err)
		}
	}
	slices.SortStableFunc(all, func(a, b error) int {
		one, ofFile := errors.AsType[*Error](a)
		other, alsoOfFile := errors.AsType[*Error](b)
		switch {
		case ofFile && alsoOfFile:
			return one.compare(other)
		case ofFile:
			return -1
		case alsoOfFile:
			return 1
		}
		return 0
	})
	return errors.Join(all...)
}
