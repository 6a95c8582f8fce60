package cli

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/customerio"
	"ph2cio/internal/mappingfile"
	"ph2cio/internal/progress"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer"
)

// program is what all commands share.
type program struct {
	env      Env
	args     []string // the command line without the program's name
	root     *cobra.Command
	started  bool // a command's own code has begun: errors are no mistakes in the command line any more
	json     bool
	quiet    bool
	verbose  bool
	allFlags bool // --all: help shows all flags
	dotenv   settingsFile
	mapping  *mappingfile.File // of --mapping; nil without one

	protected    protected // what no output may replace
	outputs      []output  // files that the command may write
	writtenState string    // the state directory, if it is known and this command writes to it

	stores      storeOptions    // the flags for buckets
	listings    source.Listings // what these have listed
	credentials func() (customerio.Credentials, error)
	origins     map[string]string // where the values of flags came from that were not typed
	places      map[string]string // of those that the mapping file sets: FILE:LINE:COLUMN
	mistakes    []error           // what is wrong with the command line and the settings
	checks      checks            // what each command looks at before it begins

	stdoutHasOperations bool              // preview writes operations to stdout, so that results go to stderr
	helpFailed          error             // of writing a page of help, for which cobra has no error
	wroteJSON           bool              // the document of --json has been written
	stdinCopy           *transfer.Spooled // the copy of standard input, if it is a source
	screen              io.Writer         // stderr itself; env.Stderr leads there, and to the log file
	log                 *jsonLog          // nil when stderr is text
	file                *logFile          // nil without --log-file
	notify              *notifier         // nil for a command that notifies nobody

	report   pageReport   // the HTML page
	profiles profilesFile // the list of profiles

	requests      *customerio.Watch                // of the run
	bar           *progress.Progress               // of all passes and phases; nil before the command's own code
	stopAnnounced func()                           // waits until a stop has been announced
	paused        bool                             // the summary has said that somebody stopped the run
	idle          atomic.Bool                      // nothing is under way: the command waits for an answer or for requests
	compared      func(customerio.Operation) error // takes the operations of a preview, which shows nothing then
	checksOnly    bool                             // the command ends before its own code, with errChecked
	part          bool                             // it is a part of another program, whose log it continues
	ctx           context.Context                  // of the command; done when it is to stop
}

// now is the time of the clock.
func (p *program) now() time.Time {
	if p.env.Now != nil {
		return p.env.Now()
	}
	return time.Now()
}

// setWrittenState notes the state directory of a run that knows it only from the API's answer.
func (p *program) setWrittenState(dir string) { p.writtenState = dir }

// addMistake notes what is wrong with the command line or the settings. begin reports all of it at once.
func (p *program) addMistake(err error) { p.mistakes = append(p.mistakes, err) }

// setScreen replaces standard error by what is not a terminal and gets text.
func (p *program) setScreen(to io.Writer) {
	p.screen, p.log, p.env.StderrTerminal = to, nil, false
	p.connectStderr()
}

// connectStderr leads text that is written to stderr to all places that get it: stderr itself, as text or as
// records, and the log file.
func (p *program) connectStderr() {
	p.env.Stderr = p.aboveScreen()
	if p.file != nil {
		p.env.Stderr = io.MultiWriter(p.file.lines, p.env.Stderr)
	}
}

// aboveScreen takes text for standard error alone.
func (p *program) aboveScreen() io.Writer {
	if p.log != nil {
		return p.log.lines
	}
	if p.env.asciiOnly() {
		return asciiText{p.screen}
	}
	return p.screen
}

// asciiText writes text for people in a locale without UTF-8. A sign is never split between two writes.
type asciiText struct{ to io.Writer }

func (a asciiText) Write(text []byte) (int, error) {
	if _, err := io.WriteString(a.to, terminal.Style{ASCII: true}.Text(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// writeLabelled writes a line with a label to stderr, but not to the log file. On a terminal it is wrapped; in a
// pipe or a file it stays one line, for grep.
func (p *program) writeLabelled(paint func(string) string, label, text string) {
	const least = len("error: ")
	if p.env.StderrTerminal {
		text = terminal.Wrap(text, p.columns(), max(least, len(label)))
	}
	switch {
	case label != "":
		label = paint(label)
	case p.env.StderrTerminal:
		label = strings.Repeat(" ", least) // it goes on
	}
	fmt.Fprintln(p.aboveScreen(), label+text)
}

func (p *program) style(isTerminal bool) terminal.Style {
	return terminal.Style{On: p.env.colour(isTerminal), ASCII: p.env.asciiOnly()}
}

// columns is how wide text for people may be.
func (p *program) columns() int {
	if p.env.Width <= 0 {
		return terminal.ColumnsWithoutTerminal
	}
	return min(p.env.Width, terminal.MaxColumns)
}

// columnsForPeople is how wide lines on stderr may be. In a log of JSON each line is a record of any length.
func (p *program) columnsForPeople() int {
	if p.log != nil {
		return math.MaxInt32
	}
	return p.columns()
}
