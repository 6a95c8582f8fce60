package cli

import (
	"bytes"
	"log/slog"
	"sync"

	"ph2cio/internal/exit"
)

// jsonLog takes what goes to stderr as records with time, level, msg and fields: for stderr itself, as one JSON
// object a line, or for the log file.
type jsonLog struct {
	*slog.Logger
	lines *logLines // takes text
}

// newJSONLog returns a log of a command, whose name is empty as long as it is not known.
func newJSONLog(to slog.Handler, command string) *jsonLog {
	log := slog.New(to)
	if command != "" {
		log = log.With("command", command)
	}
	return &jsonLog{Logger: log, lines: &logLines{log: log}}
}

// failed writes the record of an error.
func (l *jsonLog) failed(message string, code int, hint string) {
	fields := []any{"exit_code", code}
	if hint != "" {
		fields = append(fields, "hint", hint)
	}
	l.Error(message, fields...)
}

// close writes what is left. A nil log has nothing.
func (l *jsonLog) close() {
	if l != nil {
		l.lines.close()
	}
}

// logLines makes a record of each line of text that is written to it. Several blanks become one.
type logLines struct {
	log *slog.Logger

	lock    sync.Mutex
	partial []byte // of a line that has not ended
}

func (l *logLines) Write(text []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.partial = append(l.partial, text...)
	for {
		end := bytes.IndexByte(l.partial, '\n')
		if end < 0 {
			return len(text), nil
		}
		l.record(l.partial[:end])
		l.partial = l.partial[end+1:]
	}
}

// close makes a record of a last line without an end.
func (l *logLines) close() {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.record(l.partial)
	l.partial = nil
}

func (l *logLines) record(line []byte) {
	if words := bytes.Fields(line); len(words) > 0 {
		l.log.Info(string(bytes.Join(words, []byte(" "))))
	}
}

// optionalField returns a field of a log record if the field holds something.
func optionalField(name string, value any, size int) []any {
	if size == 0 {
		return nil
	}
	return []any{name, value}
}

// levelOf is the level of the record that a command ended.
func levelOf(code int) slog.Level {
	if code != exit.Done {
		return slog.LevelError
	}
	return slog.LevelInfo
}
