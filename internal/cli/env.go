package cli

import (
	"cmp"
	"context"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"ph2cio/internal/source"
)

// Env is everything that a command may use besides its arguments.
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

	// Width is the number of columns of the terminal on stdout, or else on stderr; 0 if there is none.
	Width int

	// Now is the clock that tells what is recent and old, and when a run began, and that measures the speed of
	// progress; nil is time.Now. Deadlines and how long a run takes are measured with the time of the machine.
	Now func() time.Time

	// Secret asks for a line and reads it from the terminal on standard input without showing it: see readSecret. It is nil where
	// there is no terminal.
	Secret func(ctx context.Context, ask func()) (string, error)

	// NetworkFS names the network file system that a path is on, empty for a local or an unknown one. It may
	// be nil.
	NetworkFS func(path string) string

	// Setenv changes the environment of the process. It may be nil.
	Setenv func(name, value string) error

	// Remote finds the stores of objects that arguments name by URLs, in place of package objectstore. It may
	// be nil.
	Remote source.Remote

	// Documents gets every document of --json that is written. It may be nil.
	Documents func(document any)

	// Commit is the revision that the program was built from, for builds that do not record it. It may be
	// empty.
	Commit string
}

// OS returns the Env of this process.
func OS() Env {
	return Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.LookupEnv, Environ: os.Environ, Setenv: os.Setenv,
		StdinTerminal:  term.IsTerminal(int(os.Stdin.Fd())),
		StdoutTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		StderrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		Width:          width(os.Stdout, os.Stderr),
		Secret:         readSecret,
		NetworkFS:      networkFS,
	}
}

// width returns the number of columns of the first file that is a terminal, 0 if none is.
func width(files ...*os.File) int {
	for _, file := range files {
		if columns, _, err := term.GetSize(int(file.Fd())); err == nil && columns > 0 {
			return columns
		}
	}
	return 0
}

// setStdout replaces standard output.
func (e *Env) setStdout(to io.Writer) { e.Stdout = to }

// get returns a variable's value, empty when it is not set.
func (e *Env) get(name string) string {
	value, _ := e.Getenv(name)
	return value
}

// colour reports whether text on a terminal may be coloured (no-color.org).
func (e *Env) colour(terminal bool) bool {
	_, no := e.Getenv("NO_COLOR")
	return terminal && !no && !e.dumb()
}

// asciiOnly reports whether the locale of the environment is one without UTF-8, such as C, in which text for
// people is written with characters of ASCII alone. It is that of LC_ALL, or else LC_CTYPE, or LANG, as in POSIX.
// An environment that names none takes UTF-8, since the terminals of today do.
func (e *Env) asciiOnly() bool {
	locale := strings.ToLower(cmp.Or(e.get("LC_ALL"), e.get("LC_CTYPE"), e.get("LANG")))
	return locale != "" && !strings.Contains(locale, "utf-8") && !strings.Contains(locale, "utf8")
}

// dumb reports whether the terminal can only write one line after another.
func (e *Env) dumb() bool { return strings.EqualFold(e.get("TERM"), "dumb") }
