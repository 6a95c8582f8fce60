package cli

import (
	"io"
	"log/slog"
	"sync"
)

// jsonLog is stderr for programs: one JSON object a line, with time, level, msg and what belongs to it.
type jsonLog struct {
	*slog.Logger
	lines  *logLines
	stderr io.Writer // stderr itself
}

// logLines makes a record of each line of text. What is laid out in columns loses its spaces.
type logLines struct {
	log *slog.Logger

	lock    sync.Mutex
	partial []byte // of a line that has not ended
}
