package cli

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/spf13/cobra"

	"ph2cio/internal/customerio"
	"ph2cio/internal/progress"
	"ph2cio/internal/transfer"
)

// program is what the commands share.
type program struct {
	env      Env
	args     []string // as given
	root     *cobra.Command
	started  bool // a command's own code has begun: errors are no longer the command line's
	json     bool
	quiet    bool
	verbose  bool
	allFlags bool // --all: help shows all flags
	dotenv   dotenv

	protected    protected // what no output may replace
	outputs      []output  // files that the command may write
	writtenState string    // the state directory, if it was named and is written to

	credentials func() (customerio.Credentials, error)
	origins     map[string]string // of flags that were not typed, where their values came from
	mistakes    []error           // values that flags did not take
	checks      checks            // before a command begins

	stdoutHasOperations bool              // stdout belongs to operations: results go to stderr
	wroteJSON           bool              // the document of --json has been written
	stdinCopy           *transfer.Spooled // the copy of standard input, if it is a source
	log                 *jsonLog          // nil when stderr is text
	notify              *notifier         // nil for a command that has nobody to tell how it went

	bar           *progress.Progress // of all readings and phases; nil before the command's own code
	stopAnnounced func()             // waits until the stop has been said, if there is one
	idle          atomic.Bool        // nothing is under way: it waits for an answer or for requests
	ctx           context.Context    // of the command: done when it is to stop
}

// setWrittenState notes the state directory of a run, where only the API's answer told which it is.
func (p *program) setWrittenState(dir string) { p.writtenState = dir }

// addMistake notes what is wrong with the command line or the settings. begin reports all of it at once.
func (p *program) addMistake(err error) { p.mistakes = append(p.mistakes, err) }

// writeLabelled writes a line to stderr behind a label. On a terminal it is wrapped; in a pipe or a file it stays one line, for grep.
func (p *program) writeLabelled(paint func(string) string, label, text string) {
	if p.env.StderrTerminal {
		text = wrapIndented(text, p.columns(), len("error: "))
	}
	if label != "" {
		label = paint(label)
	}
	fmt.Fprintln(p.env.Stderr, label+text)
}

func (p *program) style(terminal bool) style { return style{p.env.colour(terminal)} }

// columns is how wide text for people may be.
func (p *program) columns() int {
	if p.env.Width <= 0 {
		return columnsWithoutTerminal
	}
	return min(p.env.Width, maxColumns)
}
