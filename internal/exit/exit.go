// Package exit has the exit codes of the program: the meaning of each, the code for an error, and the hint of
// an error.
package exit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The exit codes. Scripts of users rely on them.
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

// table has all codes with their descriptions for users.
var table = []struct {
	code        int
	description string
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
	{Interrupt, "stopped by Ctrl-C; requests in flight had up to 14 s to finish"},
	{Pipe, "stopped: the program that read the output ended, such as head (SIGPIPE)"},
	{Terminated, "stopped by SIGTERM or SIGHUP; requests in flight had up to 14 s to finish"},
}

// Table returns the codes and their descriptions as help shows them.
func Table() string {
	var lines []string
	for _, one := range table {
		lines = append(lines, fmt.Sprintf("  %-3d  %s", one.code, one.description))
	}
	return strings.Join(lines, "\n")
}

// Describe returns the description of a code on one line; empty for a code that the program does not use.
func Describe(code int) string {
	for _, one := range table {
		if one.code == code {
			return one.description
		}
	}
	return ""
}

// Error is an error with an exit code and a hint.
type Error interface {
	error
	ExitCode() int // Failed if it has no code of its own
	Hint() string  // what to do about it; empty for nothing
}

// gravest are the codes that win if an error has several causes, the gravest first.
var gravest = []int{State, Rejects, Input, Interrupt}

// Code returns the exit code for an error: that of its gravest cause, otherwise of the first cause that has
// one. A cancellation is Interrupt. Without an error it is Done.
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

// Hint returns what to do about an error: the first hint of it or its causes, empty if there is none. With
// several causes that need not be the cause that Code chooses.
func Hint(err error) string {
	first := ""
	walk(err, func(e Error) {
		if first == "" {
			first = e.Hint()
		}
	})
	return first
}

// walk visits an error and all that it wraps, in the order of errors.As, if they are an Error.
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
