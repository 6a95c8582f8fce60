package posthog

import (
	"bytes"
	"strings"

	"ph2cio/internal/escape"
)

// head is the beginning of a file.
type head struct {
	text    []byte // the first window, after a byte order mark
	whole   bool   // text is the whole file
	csvHead        // the first line, if it is CSV
	named   uint64 // the options.Columns that are among names
	typed   []typedColumn
	options Options
}

// column returns the index of the column with this name, -1 if there is none.
func (h *head) column(name string) int {
	for i, n := range h.names {
		if n == name {
			return i
		}
	}
	return -1
}

// anyColumn returns the first column that exists.
func (h *head) anyColumn(names ...string) int {
	for _, name := range names {
		if column := h.column(name); column >= 0 {
			return column
		}
	}
	return -1
}

// within reports whether there are columns of parts of name.
func (h *head) within(name string) bool {
	for _, n := range h.names {
		if strings.HasPrefix(n, name+".") {
			return true
		}
	}
	return false
}

// firstLine returns the line that begins at start.
func (h *head) firstLine(start int) string {
	line, _, _ := bytes.Cut(h.text[start:], newline)
	return string(trimLineEnd(line))
}

// rename gives PostHog's names to the columns that the options name, and to columns of single properties
// within these.
func (h *head) rename() {
	has := func(name string) bool { return h.column(name) >= 0 || h.within(name) }
	renamed := renamingFor(h.options.Columns, has)
	h.named = namedIn(h.options.Columns, has)
	for i, name := range h.names {
		h.names[i] = string(renamed.of([]byte(name)))
		for _, c := range h.options.Columns {
			prefix, flat := flatPrefixes[c.Field]
			if path, ok := strings.CutPrefix(name, c.Name+"."); ok && flat {
				h.names[i] = prefix + path
			}
		}
	}
}

// addTyped adds a column whose cells are typed. It returns the column's index among these.
func (h *head) addTyped(c *columnType, column int) (slot int) {
	h.typed = append(h.typed, typedColumn{c, h.written[column]})
	return len(h.typed) - 1
}

// twice refuses a file in which a column that counts occurs more than once.
func (h *head) twice(counts func(name string) bool) *refusal {
	seen := make(map[string]bool, len(h.names))
	for _, name := range h.names {
		if seen[name] && counts(name) {
			return twice(name)
		}
		seen[name] = true
	}
	return nil
}

// twice is the refusal of a file that has a column more than once.
func twice(column string) *refusal {
	return refuse("the column "+escape.Quoted(column)+" appears more than once", "remove one of them and export again")
}
