package cli

import (
	"fmt"
	"strings"

	"ph2cio/internal/export"
)

// table is rows of cells under a heading, which stands over the first column.
type table struct {
	columns []column
	limit   int // rows to show, 0 for all
	style   style
	rows    []tableRow
	all     int
}

type column struct {
	name  string
	right bool // set flush right, as numbers are
}

func left(name string) column  { return column{name, false} }
func right(name string) column { return column{name, true} }

type tableRow struct {
	cells []string
	under []string // lines below the row; empty ones are left out
}

func newTable(limit int, style style, heading string, columns ...column) *table {
	return &table{columns: append([]column{left(heading)}, columns...), limit: limit, style: style}
}

func (t *table) add(cells []string, under ...string) {
	if t.all++; t.limit == 0 || t.all <= t.limit {
		t.rows = append(t.rows, tableRow{cells, under})
	}
}

// String lays the table out; it is empty for a table without rows.
func (t *table) String() string {
	if len(t.rows) == 0 {
		return ""
	}
	widths := t.widths()
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	var b strings.Builder
	heading := t.columns[0].name
	widths[0] += len(indent)
	fmt.Fprintf(&b, "\n%s%s\n", t.style.bold(heading), t.style.dim(t.line(names, widths)[len(heading):]))
	widths[0] -= len(indent)
	for _, row := range t.rows {
		fmt.Fprintf(&b, "%s%s\n", indent, t.line(row.cells, widths))
		for _, line := range row.under {
			if line != "" {
				fmt.Fprintf(&b, "%s%s%s\n", indent, indent, line)
			}
		}
	}
	if more := t.all - len(t.rows); more > 0 {
		fmt.Fprintf(&b, "%s%s\n", indent, t.style.dim("... and "+export.Count(int64(more))+" more (--limit 0 shows all)"))
	}
	return b.String()
}

const indent = "  " // of rows under their heading

func (t *table) widths() []int {
	widths := make([]int, len(t.columns))
	for i, c := range t.columns {
		widths[i] = columnsOf(c.name)
	}
	widths[0] -= len(indent)
	for _, row := range t.rows {
		for i, cell := range row.cells {
			widths[i] = max(widths[i], columnsOf(cell))
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
		padding := strings.Repeat(" ", widths[i]-columnsOf(cell))
		if t.columns[i].right {
			b.WriteString(padding + cell)
		} else {
			b.WriteString(cell + padding)
		}
	}
	return strings.TrimRight(b.String(), " ")
}
