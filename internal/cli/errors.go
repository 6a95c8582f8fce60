package cli

import (
	"errors"

	"ph2cio/internal/exit"
)

// problem is an error with an exit code and a hint. They take precedence over those of its cause.
type problem struct {
	err  error
	code int
	hint string // empty for that of the cause
}

func (p *problem) Error() string { return p.err.Error() }
func (p *problem) Unwrap() error { return p.err }
func (p *problem) ExitCode() int { return p.code }
func (p *problem) Hint() string  { return p.hint }

// seeHelp is a hint that stands for the help of the command that was typed: see helpHint.
const seeHelp = "see --help"

// usage makes an error a mistake in the command line or the settings, unless it has an exit code of its own.
func usage(err error) error {
	if _, ok := errors.AsType[*problem](err); ok {
		return err
	}
	return &problem{err: err, code: exit.Usage, hint: seeHelp}
}

// finished ends a command that has already said why its exit code is what it is.
type finished struct {
	code     int
	why      string // for the document of --json, if the command wrote no other
	declined bool   // the user was asked whether to go on, and did not say yes
}

func (f *finished) Error() string { return f.why }
func (f *finished) ExitCode() int { return f.code }
func (f *finished) Hint() string  { return "" }

func isFinished(err error) bool {
	_, ok := errors.AsType[*finished](err)
	return ok
}

// isDone reports whether a command that ended with err has nothing left to do. One that the user declined has.
func isDone(err error) bool {
	ended, ok := errors.AsType[*finished](err)
	return err == nil || ok && !ended.declined && exitCode(err) == exit.Done
}

// exitCode returns the exit code for an error. A signal comes first, then what a command says, then what the
// cause says.
func exitCode(err error) int {
	if signal, ok := errors.AsType[*Interrupted](err); ok {
		return signal.ExitCode()
	}
	if p, ok := errors.AsType[*problem](err); ok {
		return p.ExitCode()
	}
	if f, ok := errors.AsType[*finished](err); ok {
		return f.ExitCode()
	}
	return exit.Code(err)
}

// hintOf returns the hint of an error: that of the command, else that of the cause.
func hintOf(err error) string {
	if p, ok := errors.AsType[*problem](err); ok && p.hint != "" {
		return p.hint
	}
	return exit.Hint(err)
}
