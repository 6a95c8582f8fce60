package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/exit"
)

// openLogFile opens the file of --log-file, if the flag is there. Nothing has been said so far. Mistakes of the
// command line do not prevent it, since they are to be in the log, unless they are about the file itself.
func (p *program) openLogFile(c *cobra.Command) error {
	path := flagText(c, logFileFlag)
	if path == "" || p.file != nil || p.checksOnly || p.checkDistinct() != nil {
		return nil
	}
	if path == stdinSource {
		return p.outputError(logFileFlag, path, "is not a file", "name a file; standard error gets the same without it")
	}
	p.protected.lookForSources() // none of them may get a line
	if err := p.checkNotStream(path); err != nil {
		return err
	}
	file, err := p.createOutput(logFileOutput(path))
	if _, said := errors.AsType[*problem](err); err != nil && !said {
		err = &problem{code: exit.Usage, err: fmt.Errorf("--%s: %w", logFileFlag, err), hint: "name a file that you can write to"}
	}
	if err != nil {
		return err
	}
	out := &appended{file: file, torn: !endsLine(file)}
	p.file = &logFile{records: flagText(c, logFlag) == logJSON, started: time.Now(), out: out}
	_, p.file.command, _ = strings.Cut(c.CommandPath(), " ")
	var handler slog.Handler = &textHandler{to: out}
	if p.file.records {
		handler = slog.NewJSONHandler(plainJSON{out}, nil)
	}
	p.file.jsonLog = newJSONLog(handler, p.file.command)
	p.connectStderr()
	return nil
}

// checkNotStream refuses a log file that standard output or standard error is redirected into already.
func (p *program) checkNotStream(path string) error {
	for name, stream := range map[string]io.Writer{"standard output": p.env.Stdout, "standard error": p.screen} {
		file, ok := stream.(interface{ Stat() (fs.FileInfo, error) })
		if !ok {
			continue
		}
		if info, err := file.Stat(); err == nil && isAt(info, path) {
			return p.outputError(logFileFlag, path, "is where "+name+" is redirected already", "name another file")
		}
	}
	return nil
}

// beginLogFile writes what runs: the version, and the command line as far as it is right, since a mistake may put a
// secret in the wrong place.
func (p *program) beginLogFile(mistaken bool) {
	switch {
	case p.file == nil || p.part:
	case mistaken:
		p.file.began(version(p.env.Commit), "ph2cio "+p.file.command, nil)
	default:
		p.file.began(version(p.env.Commit), p.typedCommand(), slices.Sorted(maps.Values(p.origins)))
	}
}

// endLogFile ends the log file. What it could not take is a warning, since the exit code is that of the command.
func (p *program) endLogFile(code int) {
	f := p.file
	if f == nil {
		return
	}
	took := time.Since(f.started)
	message := terminal.OneLine(endText(f.command, code, took))
	switch {
	case f.records:
		message = "ended: " + outcomeText(code)
	case p.notify != nil:
		message = terminal.OneLine(p.notify.lineText(code, took))
	}
	err := f.end(levelOf(code), message, p.notify.endFields(code, took))
	p.file = nil
	p.connectStderr()
	if err != nil {
		p.warn("--%s: %v; the log of this run is not complete", logFileFlag, err)
	}
}
