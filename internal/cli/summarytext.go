package cli

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// summaryText lays a summary out for a person.
type summaryText struct {
	strings.Builder
	s     *transfer.Summary
	style style
	width int  // in columns; 0 means no terminal
	sent  bool // the summary is about what was sent, not about what would be
}

func (t *summaryText) line(label, text string) {
	if text != "" {
		fmt.Fprintln(t, labelled(label, text, t.columnCount()))
	}
}

func (t *summaryText) columnCount() int {
	return cmp.Or(t.width, columnsWithoutTerminal)
}

// wrapList is wrapIndented for a text that may be a list, whose parts stay on one line where they fit.
func wrapList(text string, width, indent int) string {
	const unbroken = "\u00a0"
	parts := strings.Split(text, report.ListSeparator)
	for i, part := range parts {
		if len(parts) > 1 && columnsOf(part)+len(report.ListSeparator) <= width-indent {
			parts[i] = strings.ReplaceAll(part, " ", unbroken)
		}
	}
	return strings.ReplaceAll(wrapIndented(strings.Join(parts, unbroken+"· "), width, indent), unbroken, " ")
}

func total(counts map[string]int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}

// actions are the actions of operations, in the order in which they are listed.
var actions = []string{"identify", "event", "page", "screen", "merge"}

// columnsForPeople is how wide lines on stderr may be. In a log of JSON each line is a record of any length.
func (p *program) columnsForPeople() int {
	if p.log != nil {
		return math.MaxInt32
	}
	return p.columns()
}
