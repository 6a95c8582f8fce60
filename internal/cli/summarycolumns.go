package cli

import (
	"fmt"
	"strconv"
	"strings"

	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// columns lists the CSV columns that are sent as text, first those that earlier runs sent as something else.
func (t *summaryText) columns() {
	all := t.s.TextColumns
	if len(all) == 0 {
		return
	}
	t.line("columns", report.Plural(len(all), "CSV column is sent as text in every row, because of this cell:",
		"CSV columns are sent as text in every row, because of these cells:"))
	shown := 0
	for _, before := range []bool{true, false} {
		for i := range all {
			if (all[i].Before != "") != before || shown == maxNamed {
				continue
			}
			shown++
			text := oneLine(all[i].Name + ": " + textCause(&all[i]))
			if before {
				text = t.style.yellow(text)
			} else {
				text = t.style.dim(text)
			}
			t.line("", text)
		}
	}
	if more := len(all) - shown; more > 0 {
		t.line("", t.style.dim(fmt.Sprintf("and %s more (--json lists all)", report.Count(more))))
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

// columns lists the CSV columns with their types.
func (t *inspectText) columns() {
	table := t.table("CSV columns", left("type"), left(""))
	for i := range t.in.Columns {
		c := &t.in.Columns[i]
		kind, note := c.Type, ""
		if kind == "" {
			kind = t.style.dim("empty")
		}
		if c.MadeText != nil {
			note = t.style.yellow(oneLine(textCause(c.MadeText)))
		}
		if c.NotNumbers > 0 {
			note = strings.TrimSpace(note + " " + report.Plural(c.NotNumbers, "cell is not a number and is left out", "cells are not numbers and are left out"))
		}
		table.add([]string{nameText(c.Name), kind, note})
	}
	t.WriteString(table.String())
}
