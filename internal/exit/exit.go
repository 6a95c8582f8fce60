// Package exit has the codes that the program ends with: what each means, which of them an error comes to, and what the error says to
// do about it.
package exit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The codes. Users rely on them.
const (
	Done        = 0
	Failed      = 1
	Usage       = 2
	Rejects     = 3
	Credentials = 4
	Destination = 5
	Input       = 6
	Locked      = 7
	State       = 8
	Interrupt   = 130
	Pipe        = 141
	Terminated  = 143
)

// table has all codes with what they mean to users.
var table = []struct {
	code    int
	meaning string
}{
	{Done, "done"},
	{Failed, "failed for another reason"},
	{Usage, "wrong usage or settings, or cannot ask for confirmation (use --yes)"},
	{Rejects, "some rows were rejected, or so many that the run stopped"},
	{Credentials, "the credentials are missing or were refused"},
	{Destination, "Customer.io kept failing or gave no answer; it is safe to run again"},
	{Input, "input is damaged, missing or not PostHog events"},
	{Locked, "another run holds the state directory"},
	{State, "the state directory or its disk failed"},
	{Interrupt, "stopped by Ctrl-C; requests in flight were finished"},
	{Pipe, "stopped: the program that read the output ended, such as head (SIGPIPE)"},
	{Terminated, "stopped by SIGTERM or SIGHUP; requests in flight were finished"},
}

// Table lists the codes with what they mean, as help shows them.
func Table() string {
	var lines []string
	for _, one := range table {
		lines = append(lines, fmt.Sprintf("  %-3d  %s", one.code, one.meaning))
	}
	return strings.Join(lines, "\n")
}

// Meaning says what a code means, on one line; empty for one that the program does not end with.
func Meaning(code int) string {
	for _, one := range table {
		if one.code == code {
			return one.meaning
		}
	}
	return ""
}

// Error is an error that says what the program ends with, and what to do about it.
type Error interface {
	error
	ExitCode() int // Failed where it has no code of its own
	Hint() string  // empty for nothing
}

// gravest are the codes that win over all others where an error has several causes, the first of them over those behind it.
var gravest = []int{State, Rejects, Input, Interrupt}

// Code is what the program ends with after an error: of its causes the gravest counts, else the first that has a code. What was
// cancelled was interrupted. Without an error it is Done.
func Code(err error) int {
	if err == nil {
		return Done
	}
	var codes []int
	walk(err, func(e Error) { codes = append(codes, e.ExitCode()) })
	if errors.Is(err, context.Canceled) {
		codes = append(codes, Interrupt)
	}
	for _, code := range append(slices.Clone(gravest), codes...) {
		if code != Failed && slices.Contains(codes, code) {
			return code
		}
	}
	return Failed
}

// Hint is what to do about an error: the first hint that it or one of its causes has, empty if none has any. With several causes
// that need not be the one that Code counts.
func Hint(err error) string {
	first := ""
	walk(err, func(e Error) {
		if first == "" {
			first = e.Hint()
		}
	})
	return first
}

// walk visits an error and what it wraps, in the order of errors.As, as far as they are an Error.
func walk(err error, visit func(Error)) {
	if e, ok := err.(Error); ok {
		visit(e)
	}
	switch err := err.(type) {
	case interface{ Unwrap() error }:
		walk(err.Unwrap(), visit)
	case interface{ Unwrap() []error }:
		for _, one := range err.Unwrap() {
			walk(one, visit)
		}
	}
}
