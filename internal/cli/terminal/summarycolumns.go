package terminal

import (
	"fmt"
	"strconv"

	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// columns lists the CSV columns that are sent as text, first those that earlier runs sent as something else.
func (t *summaryText) columns() {
	all := t.s.TextColumns
	if len(all) == 0 {
		return
	}
	t.Line("columns", report.Plural(len(all), "CSV column is sent as text in every row, because of this cell:",
		"CSV columns are sent as text in every row, because of these cells:"))
	shown := 0
	for _, before := range []bool{true, false} {
		for i := range all {
			if (all[i].Before != "") != before || shown == MaxNamed {
				continue
			}
			shown++
			text := OneLine(all[i].Name + ": " + textCause(&all[i]))
			if before {
				text = t.Style.Strong(text)
			} else {
				text = t.Style.Dim(text)
			}
			t.Line("", text)
		}
	}
	if more := len(all) - shown; more > 0 {
		t.Line("", t.Style.Dim(fmt.Sprintf("and %s more (--json lists all)", report.Count(more))))
	}
}

// textCause says which cell made its whole column text, and where that cell is.
func textCause(c *transfer.TextColumn) string {
	text := fmt.Sprintf("%s in %s:%d", strconv.Quote(c.Cell), c.File, c.Line)
	if c.Cell == "" {
		text = "a cell of an earlier run"
	}
	if c.Before != "" {
		text += "; it was sent as " + c.Before + " before, and is sent as text from now on"
	}
	return text
}
