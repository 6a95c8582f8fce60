package cli

import (
	"errors"

	"ph2cio/internal/exit"
)

// problem is an error with its exit code and what to do about it. Both hold whatever caused it.
type problem struct {
	err  error
	code int
	hint string // empty for what the cause says
}

func (p *problem) Error() string { return p.err.Error() }
func (p *problem) Unwrap() error { return p.err }
func (p *problem) ExitCode() int { return p.code }
func (p *problem) Hint() string  { return p.hint }

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
func (f *finished) ExitCode() int { return f.code }
func (f *finished) Hint() string  { return "" }

func isFinished(err error) bool {
	_, ok := errors.AsType[*finished](err)
	return ok
}

// exitCode is what the process ends with after an error. A signal comes before all else, and what a command says of an error before
// what caused it.
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

// hintOf is what to do about an error, in the words of a command before those of what caused it.
func hintOf(err error) string {
	if p, ok := errors.AsType[*problem](err); ok && p.hint != "" {
		return p.hint
	}
	return exit.Hint(err)
}
