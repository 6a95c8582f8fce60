package terminal

import (
	"fmt"
	"strings"

	"github.com/rivo/uniseg"

	"ph2cio/internal/report"
)

// table is rows of cells under the names of their columns. The name of the first column is the heading.
type table struct {
	columns []column
	limit   int // rows to show, 0 for all
	width   int // the first column is shortened to fit into it; 0 is no limit
	style   Style
	rows    []tableRow
	all     int
}

type column struct {
	name  string
	right bool // aligned to the right, as numbers are
}

func left(name string) column  { return column{name, false} }
func right(name string) column { return column{name, true} }

type tableRow struct {
	cells []string
	under []string // lines below the row; empty ones are left out
}

func newTable(style Style, limit, width int, heading string, columns ...column) *table {
	return &table{columns: append([]column{left(heading)}, columns...), limit: limit, width: width, style: style}
}

func (t *table) add(cells []string, under ...string) {
	if t.all++; t.limit == 0 || t.all <= t.limit {
		t.rows = append(t.rows, tableRow{cells, under})
	}
}

// String lays the table out. A table without rows is empty.
func (t *table) String() string {
	if len(t.rows) == 0 {
		return ""
	}
	t.fit()
	widths := t.widths()
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	var b strings.Builder
	heading := t.columns[0].name
	widths[0] += len(indent)
	fmt.Fprintf(&b, "\n%s%s\n", t.style.Bold(heading), t.style.Dim(t.line(names, widths)[len(heading):]))
	widths[0] -= len(indent)
	for _, row := range t.rows {
		fmt.Fprintf(&b, "%s%s\n", indent, t.line(row.cells, widths))
		for _, line := range row.under {
			if line != "" {
				fmt.Fprintf(&b, "%s%s%s\n", indent, indent, t.wrapped(line, 2*len(indent)))
			}
		}
	}
	if more := t.all - len(t.rows); more > 0 {
		fmt.Fprintf(&b, "%s%s\n", indent, t.style.Dim("... "+report.Count(more)+" more (--limit 0 shows all)"))
	}
	return b.String()
}

const indent = "  " // of rows under their heading

func (t *table) wrapped(line string, indent int) string {
	if t.width == 0 {
		return line
	}
	return Wrap(line, t.width, indent)
}

// minNameColumns is the least width of the first column.
const minNameColumns = 16

// fit shortens the first column if the table is too wide.
func (t *table) fit() {
	widths := t.widths()
	wide := len(indent) + 2*(len(widths)-1)
	for _, w := range widths {
		wide += w
	}
	if t.width == 0 || wide <= t.width {
		return
	}
	most := max(widths[0]-(wide-t.width), minNameColumns)
	for _, row := range t.rows {
		row.cells[0] = shortName(row.cells[0], most)
	}
}

// ellipsis replaces what is left out of a name.
const ellipsis = "..."

// shortName leaves out the middle of a name that is too wide. A coloured name stays.
func shortName(name string, most int) string {
	if ColumnsOf(name) <= most || strings.Contains(name, "\x1b") {
		return name
	}
	room := most - len(ellipsis)
	return firstColumns(name, room-room/2) + ellipsis + lastColumns(name, room/2)
}

// ShortEnd leaves out the end of a text that is too wide.
func ShortEnd(text string, most int) string {
	if ColumnsOf(text) <= most {
		return text
	}
	return firstColumns(text, most-len(ellipsis)) + ellipsis
}

// firstColumns is the beginning of a text that takes at most so many columns. No character is cut.
func firstColumns(text string, most int) string {
	end, column := 0, 0
	for rest, state := text, -1; rest != ""; {
		var one string
		var wide int
		one, rest, wide, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if column += wide; column > most {
			break
		}
		end += len(one)
	}
	return text[:end]
}

// lastColumns is the end of a text that takes at most so many columns.
func lastColumns(text string, most int) string {
	state := -1
	for column := ColumnsOf(text); column > most && text != ""; {
		var wide int
		_, text, wide, state = uniseg.FirstGraphemeClusterInString(text, state)
		column -= wide
	}
	return text
}

// Padded appends blanks up to a width.
func Padded(text string, width int) string {
	return text + strings.Repeat(" ", max(width-ColumnsOf(text), 0))
}

func (t *table) widths() []int {
	widths := make([]int, len(t.columns))
	for i, c := range t.columns {
		widths[i] = ColumnsOf(c.name)
	}
	widths[0] -= len(indent)
	for _, row := range t.rows {
		for i, cell := range row.cells {
			widths[i] = max(widths[i], ColumnsOf(cell))
		}
	}
	return widths
}

// line sets cells side by side.
func (t *table) line(cells []string, widths []int) string {
	var b strings.Builder
	for i, cell := range cells {
		if i > 0 {
			b.WriteString("  ")
		}
		padding := strings.Repeat(" ", widths[i]-ColumnsOf(cell))
		if t.columns[i].right {
			b.WriteString(padding + cell)
		} else {
			b.WriteString(cell + padding)
		}
	}
	return strings.TrimRight(b.String(), " ")
}
