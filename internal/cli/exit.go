package cli

import (
	"context"
	"errors"

	"ph2cio/internal/customerio"
	"ph2cio/internal/exit"
	"ph2cio/internal/export"
	"ph2cio/internal/ledger"
	"ph2cio/internal/posthog"
)

// problem is an error with its exit code and what to do about it.
type problem struct {
	err  error
	code int
	hint string
}

func (p *problem) Error() string { return p.err.Error() }
func (p *problem) Unwrap() error { return p.err }

// seeHelp stands for the help of the command that was typed, which helpHint names.
const seeHelp = "see --help"

func usage(err error) error {
	if _, ok := errors.AsType[*problem](err); ok {
		return err
	}
	return &problem{err: err, code: exit.Usage, hint: seeHelp}
}

// finished ends a command that has already said why the exit code is what it is.
type finished struct {
	code int
	why  string // for the document of --json, where there is no other
}

func (f *finished) Error() string { return f.why }

func isFinished(err error) bool {
	_, ok := errors.AsType[*finished](err)
	return ok
}

// exitCode is the one place that turns an error into the process's exit code.
func exitCode(err error) int {
	if interrupted, ok := errors.AsType[*Interrupted](err); ok {
		return interrupted.ExitCode()
	}
	if p, ok := errors.AsType[*problem](err); ok {
		return p.code
	}
	if f, ok := errors.AsType[*finished](err); ok {
		return f.code
	}
	if _, ok := errors.AsType[*export.StateError](err); ok {
		return exit.State
	}
	if _, ok := errors.AsType[*ledger.Trouble](err); ok {
		return exit.State
	}
	if _, ok := errors.AsType[*export.DiskError](err); ok {
		return exit.State
	}
	if _, ok := errors.AsType[*export.TooManyRejects](err); ok {
		return exit.Rejects
	}
	if _, ok := errors.AsType[*export.ManyTeams](err); ok {
		return exit.Usage
	}
	if _, ok := errors.AsType[*export.PersonsError](err); ok {
		return exit.Input
	}
	if _, ok := errors.AsType[*export.UnknownColumns](err); ok {
		return exit.Usage
	}
	if _, ok := errors.AsType[*posthog.SourceError](err); ok {
		return exit.Input
	}
	return destinationCode(err)
}

func destinationCode(err error) int {
	if errors.Is(err, context.Canceled) {
		return exit.Interrupt
	}
	if _, ok := errors.AsType[*customerio.SystemicError](err); ok {
		return exit.Destination
	}
	api, ok := errors.AsType[*customerio.APIError](err)
	if !ok {
		return exit.Failed
	}
	switch api.Class() {
	case customerio.Unauthorized:
		return exit.Credentials
	case customerio.Redirected:
		return exit.Usage
	}
	return exit.Destination
}

// hintOf finds what to do about an error.
func hintOf(err error) string {
	if p, ok := errors.AsType[*problem](err); ok && p.hint != "" {
		return p.hint
	}
	if s, ok := errors.AsType[*posthog.SourceError](err); ok && s.Advice != "" {
		return s.Advice
	}
	if _, ok := errors.AsType[*export.PersonsError](err); ok {
		return "export it again, or leave --persons out; ph2cio needs the whole file to know who is who"
	}
	if _, ok := errors.AsType[*export.DiskError](err); ok {
		return "free some space there, name another directory with --tmp, or raise --memory"
	}
	if _, ok := errors.AsType[*export.TooManyRejects](err); ok {
		return "`ph2cio preview` shows which rows and why; to send the others all the same, raise --max-rejects"
	}
	if _, ok := errors.AsType[*export.ManyTeams](err); ok {
		return "choose one with --team ID; send each of the others in its own run, to its own workspace"
	}
	if _, ok := errors.AsType[*export.UnknownColumns](err); ok {
		return "compare --column with a row of the files, and leave out columns that this export does not have"
	}
	if h, ok := errors.AsType[interface {
		error
		Hint() string
	}](err); ok {
		return h.Hint()
	}
	return ""
}
