package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/progress"
)

// logFile is the open file of --log-file. A nil one takes nothing.
type logFile struct {
	*jsonLog           // writes records to out
	records  bool      // these are JSON; else they are lines for people
	command  string    // without the program's name
	started  time.Time // the command
	out      *appended
}

// isLog recognises a log of either form by the beginning of its first line.
func isLog(head []byte) bool { return logBeginning.Match(head) }

var logBeginning = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (INFO|WARN|ERROR) |\{"time":"\d{4}-[^"]{10,40}","level":"[A-Z]+","msg":")`)

// endsLine reports whether a file is empty or ends with a whole line.
func endsLine(file *os.File) bool {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return true
	}
	last := make([]byte, 1)
	_, err = file.ReadAt(last, info.Size()-1)
	return err == nil && last[0] == '\n'
}

// began writes what runs: the version of the program, the command line, and the names of settings with what gave
// them.
func (f *logFile) began(v versionInfo, typed string, settings []string) {
	if f.records {
		fields := []any{"version", v.Version, "commit", v.Commit, "typed", typed}
		f.Info("began", append(fields, optionalField("settings", settings, len(settings))...)...)
		return
	}
	text := fmt.Sprintf("ph2cio %s (%s): %s", v.Version, v.Commit, typed)
	if len(settings) > 0 {
		text += "; settings: " + strings.Join(settings, ", ")
	}
	f.Info(terminal.OneLine(text))
}

// end writes the last message, with fields if it is a record, and closes the file. The error says why the file does
// not hold everything.
func (f *logFile) end(level slog.Level, message string, fields []any) error {
	f.close()
	f.Log(context.Background(), level, message, fields...)
	return f.out.close()
}

// progress returns the options to show progress in the file; nil without one.
func (f *logFile) progress() *progress.Options {
	switch {
	case f == nil:
		return nil
	case f.records:
		return &progress.Options{Log: f.Logger}
	}
	return &progress.Options{Out: f.lines}
}

// failed writes an error and what to do about it.
func (f *logFile) failed(message string, code int, hint string) {
	if f.records {
		f.jsonLog.failed(message, code, hint)
		return
	}
	f.Error(message)
	if hint != "" {
		f.Error("hint: " + hint)
	}
}

// appended is a file that each write extends by whole lines, so that several commands can share it, and so can a
// program that rotates it: what is renamed gets the rest of this run.
type appended struct {
	lock sync.Mutex
	file *os.File
	torn bool  // it ends in the middle of a line
	err  error // the first one
}

func (a *appended) Write(text []byte) (int, error) {
	a.lock.Lock()
	defer a.lock.Unlock()
	if a.torn {
		text = append([]byte{'\n'}, text...)
	}
	n, err := a.file.Write(text)
	if err != nil && a.err == nil {
		a.err = err
	}
	if n > 0 {
		a.torn = text[n-1] != '\n'
	}
	return n, err
}

// close closes the file, and returns the first error of all.
func (a *appended) close() error {
	a.lock.Lock()
	defer a.lock.Unlock()
	if err := a.file.Close(); a.err == nil {
		a.err = err
	}
	return a.err
}

// textHandler writes records as lines for people: the time in UTC to the second, the level and the message. It
// writes no other fields.
type textHandler struct{ to io.Writer }

// Enabled reports true, for every level.
func (h *textHandler) Enabled(context.Context, slog.Level) bool { return true }

// WithAttrs returns the same handler.
func (h *textHandler) WithAttrs([]slog.Attr) slog.Handler { return h }

// WithGroup returns the same handler.
func (h *textHandler) WithGroup(string) slog.Handler { return h }

// Handle writes a line for each line of the message, in one write.
func (h *textHandler) Handle(_ context.Context, r slog.Record) error {
	var b bytes.Buffer
	head := r.Time.UTC().Format(time.RFC3339) + " " + r.Level.String() + " "
	for line := range strings.Lines(strings.TrimSpace(terminal.Plain(r.Message))) {
		b.WriteString(head + strings.TrimSuffix(line, "\n") + "\n")
	}
	_, err := h.to.Write(b.Bytes())
	return err
}
