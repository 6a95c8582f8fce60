package progress

import (
	"fmt"
	"strings"
	"sync"
	"unicode"

	"github.com/rivo/uniseg"
)

// screen is a terminal that knows carriage returns and newlines, and nothing else: any other control code is
// an error, and so is a line that reaches the last column.
type screen struct {
	mu     sync.Mutex
	width  int
	rows   []string
	row    []string // columns of the line being written
	column int
	wrong  string
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := string(p)
	for state := -1; text != ""; {
		var cluster string
		var width int
		cluster, text, width, state = uniseg.FirstGraphemeClusterInString(text, state)
		switch {
		case cluster == "\n":
			s.rows, s.row, s.column = append(s.rows, s.line()), nil, 0
		case cluster == "\r":
			s.column = 0
		case strings.ContainsFunc(cluster, unicode.IsControl):
			s.wrong = fmt.Sprintf("control code %q", cluster)
		default:
			s.put(cluster, width)
		}
	}
	return len(p), nil
}

func (s *screen) put(cluster string, width int) {
	for len(s.row) < s.column+width {
		s.row = append(s.row, " ")
	}
	s.row[s.column] = cluster
	for i := 1; i < width; i++ {
		s.row[s.column+i] = ""
	}
	s.column += width
	if s.column >= s.width {
		s.wrong = fmt.Sprintf("line of %d columns on a terminal of %d: %q", s.column, s.width, s.line())
	}
}

func (s *screen) line() string { return strings.TrimRight(strings.Join(s.row, ""), " ") }

// narrow makes the window narrower, and drops the text of the columns that are removed.
func (s *screen) narrow(width int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.width, s.column = width, min(s.column, width-1)
	s.row = s.row[:min(len(s.row), width)]
}

func (s *screen) columns() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.width
}

// last is the line the cursor is on.
func (s *screen) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.line()
}

// lines are all lines, the one the cursor is on last.
func (s *screen) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(append([]string{}, s.rows...), s.line())
}

// trouble is the last thing that a plain terminal would have shown wrongly; empty for nothing.
func (s *screen) trouble() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wrong
}
