package cli

import (
	"fmt"
	"io"
	"log/slog"
	"math"
	"strings"

	"github.com/spf13/pflag"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/progress"
)

const logFlag = "log-format"

// The values of --log-format.
const (
	logText = "text"
	logJSON = "json"
)

// addLogFlags adds --log-format and --log-file, which every command has.
func addLogFlags(f *pflag.FlagSet) {
	f.String(logFlag, logText, "format of what goes to stderr; json is one object per line")
	describe(f, logFlag, outputFlags, "", sendsSame, onPage(cronTopic), oneOf("text\tfor people", "json\tone object per line"))
	f.String(logFileFlag, "", "also append what goes to stderr to this file")
	describe(f, logFileFlag, outputFlags, "FILE", sendsSame, onPage(cronTopic), withExtensions("log"))
}

// openLog turns stderr into a log of JSON if the flag says so. Text that is written to stderr then becomes
// records. A terminal stays for people if there is a log file, which is in JSON then.
func (p *program) openLog(format, command string, logFile bool) error {
	switch {
	case format != logText && format != logJSON:
		return usage(fmt.Errorf("--%s must be text or json, not %q", logFlag, format))
	case format == logText || p.log != nil || logFile && p.env.StderrTerminal:
		return nil
	}
	p.log = newJSONLog(slog.NewJSONHandler(plainJSON{p.screen}, nil), command)
	p.env.StderrTerminal = false
	p.connectStderr()
	return nil
}

// page is a place where text for people is laid out.
type page struct {
	io.Writer
	style   terminal.Style
	columns int
	records bool // each line is a record of its own
}

// pages returns the places where text for people is laid out: standard error, unless it is to be kept from there,
// and the log file, which gets everything.
func (p *program) pages(hidden bool) (all []page) {
	if !hidden {
		all = append(all, page{p.aboveScreen(), p.style(p.env.StderrTerminal), p.columnsForPeople(), p.log != nil})
	}
	if p.file != nil {
		all = append(all, page{Writer: p.file.lines, columns: math.MaxInt32, records: true})
	}
	return all
}

// unlessQuiet takes text that --quiet keeps from standard error, but not from the log file.
func (p *program) unlessQuiet() io.Writer {
	switch {
	case !p.quiet:
		return p.env.Stderr
	case p.file != nil:
		return p.file.lines
	}
	return io.Discard
}

// logger is the log of JSON, nil when stderr is text.
func (p *program) logger() *slog.Logger {
	if p.log == nil {
		return nil
	}
	return p.log.Logger
}

// wantsJSONLog reads --log-format, or its variable, before the flags are parsed.
func (p *program) wantsJSONLog() bool { return p.unparsed(logFlag) == logJSON }

// unparsed reads the value of a flag, or of its variable, before the flags are parsed.
func (p *program) unparsed(flag string) string {
	if value, ok := commandLineValue(p.args, flag); ok {
		return value
	}
	return p.setting(variable(flag))
}

// commandLineValue finds the value of a flag on a command line that was not parsed. If there are several, the
// last one counts.
func commandLineValue(args []string, flag string) (value string, ok bool) {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if v, found := strings.CutPrefix(arg, "--"+flag+"="); found {
			value, ok = v, true
		} else if arg == "--"+flag && i+1 < len(args) {
			value, ok = args[i+1], true
		}
	}
	return value, ok
}

// newProgress returns the progress of the command, which has only one: a bar on a terminal that can redraw
// its line, else lines, records in a log, nothing when quiet. A log file always gets lines or records.
func (p *program) newProgress() *progress.Progress {
	if p.bar != nil {
		return p.bar
	}
	out := p.screen
	if p.env.StderrTerminal && p.env.dumb() {
		out = wrappedLines{out, p.columns()}
	}
	return progress.New(progress.Options{
		Out: out, Log: p.logger(), Quiet: p.quiet, Terminal: p.env.StderrTerminal && !p.env.dumb(), Screen: p.env.progressScreen(),
		Now: p.env.Now, Beside: p.file.progress(),
	})
}

// wrappedLines writes lines, each in one write, to a terminal.
type wrappedLines struct {
	to      io.Writer
	columns int
}

func (w wrappedLines) Write(line []byte) (int, error) {
	if _, err := io.WriteString(w.to, terminal.Wrap(strings.TrimSuffix(string(line), "\n"), w.columns, len("  "))+"\n"); err != nil {
		return 0, err
	}
	return len(line), nil
}
