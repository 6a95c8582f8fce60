package terminal

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rivo/uniseg"

	"ph2cio/internal/report"
)

// table is rows of cells under the names of their columns. The name of the first column is the heading.
type table struct {
	columns []column
	limit   int // rows to show, 0 for all
	width   int // of the terminal; 0 is no limit
	style   Style
	rows    []tableRow
	all     int
}

type column struct {
	name  string
	right bool // aligned to the right, as numbers are
	clear bool // its cells say by themselves what they are
	room  int  // its cells are wrapped to this width; 0 is no limit
}

func left(name string) column    { return column{name: name} }
func plainly(name string) column { return column{name: name, clear: true} }
func right(name string) column   { return column{name: name, right: true} }

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
	var b strings.Builder
	if t.fit() {
		t.align(&b)
	} else {
		t.stack(&b)
	}
	if more := t.all - len(t.rows); more > 0 {
		fmt.Fprintf(&b, "%s%s\n", indent, t.style.Dim(t.wrapped("... "+report.Count(more)+" more (--limit 0 shows all)", len(indent))))
	}
	return b.String()
}

// align sets the cells of each row side by side.
func (t *table) align(b *strings.Builder) {
	widths := t.widths()
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	heading := t.columns[0].name
	widths[0] += len(indent)
	fmt.Fprintf(b, "\n%s%s\n", t.style.Bold(heading), t.style.Dim(t.line(names, widths, 0)[len(heading):]))
	widths[0] -= len(indent)
	for _, row := range t.rows {
		fmt.Fprintf(b, "%s%s\n", indent, t.line(row.cells, widths, len(indent)))
		t.under(b, row)
	}
}

// stack writes the cells of each row below its first one, with the names of their columns.
func (t *table) stack(b *strings.Builder) {
	fmt.Fprintf(b, "\n%s\n", t.style.Bold(t.columns[0].name))
	for _, row := range t.rows {
		var cells []string
		for i, c := range t.columns[1:] {
			switch cell := row.cells[i+1]; {
			case cell == "":
			case c.clear || c.name == "":
				cells = append(cells, cell)
			default:
				cells = append(cells, c.name+" "+cell)
			}
		}
		fmt.Fprintf(b, "%s%s\n", indent, shortName(row.cells[0], t.width-len(indent)))
		if len(cells) > 0 {
			fmt.Fprintf(b, "%s%s%s\n", indent, indent, wrapList(strings.Join(cells, report.ListSeparator), t.width, 2*len(indent)))
		}
		t.under(b, row)
	}
}

func (t *table) under(b *strings.Builder, row tableRow) {
	for _, line := range row.under {
		if line != "" {
			fmt.Fprintf(b, "%s%s%s\n", indent, indent, t.wrapped(line, 2*len(indent)))
		}
	}
}

const indent = "  " // of rows under their heading

func (t *table) wrapped(line string, indent int) string {
	if t.width == 0 {
		return line
	}
	return Wrap(line, t.width, indent)
}

// How narrow the first and the last column may become in a narrow terminal.
const (
	goodNameColumns = 24
	minNameColumns  = 16
	minLastColumns  = 8
)

// fit makes a table that is too wide narrower: it leaves out columns in which nothing stands, shortens what stands in the first
// column, and wraps the last. It returns false if there is no room for the columns all the same.
func (t *table) fit() bool {
	if t.excess() <= 0 {
		return true
	}
	t.leaveOutEmpty()
	names := make([]string, len(t.rows))
	for i, row := range t.rows {
		names[i] = row.cells[0]
	}
	t.shortenNames(goodNameColumns)
	t.wrapLast()
	t.shortenNames(minNameColumns)
	if t.excess() <= 0 {
		return true
	}
	for i, row := range t.rows {
		row.cells[0] = names[i]
	}
	return false
}

// excess is how many columns the table is too wide.
func (t *table) excess() int {
	if t.width == 0 {
		return 0
	}
	widths := t.widths()
	wide := len(indent) + len(gap)*(len(widths)-1)
	for _, w := range widths {
		wide += w
	}
	return wide - t.width
}

func (t *table) leaveOutEmpty() {
	for i := len(t.columns) - 1; i > 0; i-- {
		if slices.ContainsFunc(t.rows, func(row tableRow) bool { return row.cells[i] != "" }) {
			continue
		}
		t.columns = slices.Delete(t.columns, i, i+1)
		for n := range t.rows {
			t.rows[n].cells = slices.Delete(t.rows[n].cells, i, i+1)
		}
	}
}

// shortenNames shortens what stands in the first column, as far as it must, but to least columns at most.
func (t *table) shortenNames(least int) {
	if excess := t.excess(); excess > 0 {
		most := max(t.widths()[0]-excess, least)
		for _, row := range t.rows {
			row.cells[0] = shortName(row.cells[0], most)
		}
	}
}

// wrapLast lets the last column take several lines if it is text.
func (t *table) wrapLast() {
	last := &t.columns[len(t.columns)-1]
	widths, excess := t.widths(), t.excess()
	if excess <= 0 || last.right {
		return
	}
	last.room = max(widths[len(widths)-1]-excess, minLastColumns, ColumnsOf(last.name))
	for _, row := range t.rows {
		for word := range strings.FieldsSeq(row.cells[len(row.cells)-1]) {
			last.room = max(last.room, ColumnsOf(word))
		}
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
	for i, c := range t.columns {
		if c.room > 0 {
			widths[i] = min(widths[i], c.room)
		}
	}
	return widths
}

// line sets cells side by side, to the right of so many columns.
func (t *table) line(cells []string, widths []int, column int) string {
	var b strings.Builder
	for i, cell := range cells {
		if i > 0 {
			b.WriteString(gap)
			column += len(gap)
		}
		padding := strings.Repeat(" ", max(widths[i]-ColumnsOf(cell), 0))
		switch c := t.columns[i]; {
		case c.right:
			b.WriteString(padding + cell)
		case c.room > 0:
			b.WriteString(Wrap(cell, column+c.room, column))
		default:
			b.WriteString(cell + padding)
		}
		column += widths[i]
	}
	return strings.TrimRight(b.String(), " ")
}

const gap = "  " // between columns
