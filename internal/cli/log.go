package cli

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/spf13/pflag"

	"ph2cio/internal/progress"
)

const logFlag = "log-format"

// The values of --log-format.
const (
	logText = "text"
	logJSON = "json"
)

// addLogFlag adds --log-format, which every command has.
func addLogFlag(f *pflag.FlagSet) {
	f.String(logFlag, logText, "format of what goes to stderr; json is one object per line")
	describe(f, logFlag, outputFlags, "", sendsSame, onPage(cronTopic), oneOf("text\tfor people", "json\tone object per line"))
}

// openLog turns stderr into a log of JSON if the flag says so. Text that is written to stderr then becomes
// records.
func (p *program) openLog(format, command string) error {
	switch {
	case format != logText && format != logJSON:
		return usage(fmt.Errorf("--%s must be text or json, not %q", logFlag, format))
	case format == logText || p.log != nil:
		return nil
	}
	log := slog.New(slog.NewJSONHandler(plainJSON{p.env.Stderr}, nil))
	if command != "" {
		log = log.With("command", command)
	}
	p.log = &jsonLog{Logger: log, lines: &logLines{log: log}, stderr: p.env.Stderr}
	p.env.setStderr(p.log.lines)
	return nil
}

// logger is the log of JSON, nil when stderr is text.
func (p *program) logger() *slog.Logger {
	if p.log == nil {
		return nil
	}
	return p.log.Logger
}

// wantsJSONLog reads --log-format, or its variable, before the flags are parsed.
func (p *program) wantsJSONLog() bool {
	if value, ok := commandLineValue(p.args, logFlag); ok {
		return value == logJSON
	}
	return p.setting(variable(logFlag)) == logJSON
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
// its line, else lines, records in a log, nothing when quiet.
func (p *program) newProgress() *progress.Progress {
	if p.bar != nil {
		return p.bar
	}
	return progress.New(progress.Options{
		Out: p.env.Stderr, Log: p.logger(), Quiet: p.quiet, Terminal: p.env.StderrTerminal && !p.env.dumb(),
	})
}
