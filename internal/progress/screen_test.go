package progress

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/rivo/uniseg"
)

// screen is a terminal that knows carriage returns, newlines and, with codes, the few escape codes that a block uses.
// Anything else is an error, and so is a line that reaches the last column.
type screen struct {
	mu      sync.Mutex
	width   int
	codes   bool
	reflows bool
	rows    []screenRow
	y, x    int // of the cursor
	wrong   string
}

type screenRow struct {
	cells []string
	goes  bool // its text goes on in the next row
}

var screenCode = regexp.MustCompile(`^\x1b\[(\d*(?:;\d+)*)([AJm])`)

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := string(p)
	for state := -1; text != ""; {
		if code := screenCode.FindStringSubmatch(text); code != nil && s.codes {
			text, state = text[len(code[0]):], -1
			s.obey(code[2], code[1])
			continue
		}
		var cluster string
		var width int
		cluster, text, width, state = uniseg.FirstGraphemeClusterInString(text, state)
		switch {
		case cluster == "\n":
			s.y, s.x = s.y+1, 0
		case cluster == "\r":
			s.x = 0
		case strings.ContainsFunc(cluster, unicode.IsControl):
			s.wrong = fmt.Sprintf("control code %q", cluster)
		default:
			s.put(cluster, width)
		}
	}
	s.row(s.y)
	return len(p), nil
}

func (s *screen) obey(code, number string) {
	switch code {
	case "A":
		up, _ := strconv.Atoi(number)
		s.y -= up
		if s.y < 0 {
			s.y, s.wrong = 0, "the cursor leaves the screen"
		}
	case "J":
		row := s.row(s.y)
		row.cells, row.goes = row.cells[:min(s.x, len(row.cells))], false
		s.rows = s.rows[:s.y+1]
	}
}

func (s *screen) row(y int) *screenRow {
	for len(s.rows) <= y {
		s.rows = append(s.rows, screenRow{})
	}
	return &s.rows[y]
}

func (s *screen) put(cluster string, width int) {
	row := s.row(s.y)
	for len(row.cells) < s.x+width {
		row.cells = append(row.cells, " ")
	}
	row.cells[s.x] = cluster
	for i := 1; i < width; i++ {
		row.cells[s.x+i] = ""
	}
	s.x += width
	if s.x >= s.width {
		s.wrong = fmt.Sprintf("line of %d columns on a terminal of %d: %q", s.x, s.width, row.text())
	}
}

func (r *screenRow) text() string { return strings.TrimRight(strings.Join(r.cells, ""), " ") }

// resize changes the width of the window. Lines are wrapped anew, or cut.
func (s *screen) resize(width int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, y, x := s.rows, s.y, s.x
	s.width, s.rows, s.x = width, nil, min(s.x, width-1)
	if !s.reflows {
		for _, row := range old {
			s.rows = append(s.rows, screenRow{cells: row.cells[:min(len(row.cells), width)]})
		}
		return
	}
	var line []string
	at := 0 // of the cursor in its line
	for i, row := range old {
		if i == y {
			at = len(line) + x
		}
		line = append(line, row.cells...)
		if row.goes {
			continue
		}
		if i >= y && at >= 0 {
			full := max(0, at-1) / width // a cursor behind a full row stays there, as in tmux
			s.y, s.x = len(s.rows)+full, at-full*width
			at = -1
		}
		for len(line) > width {
			s.rows = append(s.rows, screenRow{line[:width:width], true})
			line = line[width:]
		}
		s.rows = append(s.rows, screenRow{cells: line})
		line = nil
	}
}

func (s *screen) columns() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.width
}

// last is the row that the cursor is on.
func (s *screen) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.row(s.y).text()
}

// lines are all rows.
func (s *screen) lines() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.rows {
		all = append(all, s.rows[i].text())
	}
	return all
}

// trouble is the last thing that a plain terminal would have shown wrongly; empty for nothing.
func (s *screen) trouble() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wrong
}
