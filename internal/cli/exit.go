package cli

import (
	"context"
	"errors"

	"ph2cio/internal/customerio"
	"ph2cio/internal/export"
	"ph2cio/internal/ledger"
	"ph2cio/internal/posthog"
)

// Exit codes. They are part of what users rely on.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitRejects     = 3
	exitCredentials = 4
	exitDestination = 5
	exitInput       = 6
	exitLocked      = 7
	exitState       = 8
	exitInterrupt   = 130
	exitPipe        = 141
	exitTerminated  = 143
)

const exitCodesText = `  0    done
  1    failed for another reason
  2    wrong usage or settings, or cannot ask for confirmation (use --yes)
  3    some rows were rejected, or so many that the run stopped
  4    the credentials are missing or were refused
  5    Customer.io kept failing or gave no answer; it is safe to run again
  6    input is damaged, missing or not PostHog events
  7    another run holds the state directory
  8    the state directory or its disk failed
  130  stopped by Ctrl-C; requests in flight were finished
  141  stopped: the program that read the output ended, such as head (SIGPIPE)
  143  stopped by SIGTERM or SIGHUP; requests in flight were finished`

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
	return &problem{err: err, code: exitUsage, hint: seeHelp}
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
		return exitState
	}
	if _, ok := errors.AsType[*ledger.Trouble](err); ok {
		return exitState
	}
	if _, ok := errors.AsType[*export.DiskError](err); ok {
		return exitState
	}
	if _, ok := errors.AsType[*export.TooManyRejects](err); ok {
		return exitRejects
	}
	if _, ok := errors.AsType[*export.ManyTeams](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[*export.PersonsError](err); ok {
		return exitInput
	}
	if _, ok := errors.AsType[*export.UnknownColumns](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[*posthog.SourceError](err); ok {
		return exitInput
	}
	return destinationCode(err)
}

func destinationCode(err error) int {
	if errors.Is(err, context.Canceled) {
		return exitInterrupt
	}
	if _, ok := errors.AsType[*customerio.SystemicError](err); ok {
		return exitDestination
	}
	api, ok := errors.AsType[*customerio.APIError](err)
	if !ok {
		return exitFailed
	}
	switch api.Class() {
	case customerio.Unauthorized:
		return exitCredentials
	case customerio.Redirected:
		return exitUsage
	}
	return exitDestination
}

// hintOf finds what to do about an error.
func hintOf(err error) string {
	if p, ok := errors.AsType[*problem](err); ok && p.hint != "" {
		return p.hint
	}
	if s, ok := errors.AsType[*posthog.SourceError](err); ok && s.Hint != "" {
		return s.Hint
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
