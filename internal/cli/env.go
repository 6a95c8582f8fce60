// Package cli is the command line: commands, settings, exit codes and what a person or a program reads.
package cli

import (
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// Env is all that a command may touch beside its arguments.
type Env struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(name string) (value string, set bool)
	// Environ lists the environment as NAME=value.
	Environ func() []string

	StdinTerminal  bool
	StdoutTerminal bool
	StderrTerminal bool

	// Width is how many columns the terminal has that stdout is, or else stderr; 0 where neither is one.
	Width int

	// NetworkFS names the network file system that a path is on, empty for a local or an unknown one; nil is unknown.
	NetworkFS func(path string) string

	// Commit is the revision the program was built from, for builds without version control stamping; may be empty.
	Commit string
}

// OS is the process's own Env.
func OS() Env {
	return Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.LookupEnv, Environ: os.Environ,
		StdinTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		StdoutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		StderrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		Width:          width(os.Stdout, os.Stderr),
		NetworkFS:      networkFS,
	}
}

// width is how many columns the first of some files has that is a terminal.
func width(files ...*os.File) int {
	for _, file := range files {
		if columns, _, err := term.GetSize(int(file.Fd())); err == nil && columns > 0 {
			return columns
		}
	}
	return 0
}

// setStdout makes standard output something else.
func (e *Env) setStdout(to io.Writer) { e.Stdout = to }

// setStderr makes standard error something else, which is no terminal.
func (e *Env) setStderr(to io.Writer) { e.Stderr, e.StderrTerminal = to, false }

// get returns a variable's value, empty when it is not set.
func (e *Env) get(name string) string {
	value, _ := e.Getenv(name)
	return value
}

// colour says whether text on a terminal may be coloured (no-color.org).
func (e *Env) colour(terminal bool) bool {
	_, no := e.Getenv("NO_COLOR")
	return terminal && !no && !strings.EqualFold(e.get("TERM"), "dumb")
}
