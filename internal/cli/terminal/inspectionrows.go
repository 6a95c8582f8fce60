package terminal

import (
	"fmt"
	"strings"

	"ph2cio/internal/report"
	"ph2cio/internal/transfer/deliver"
)

// rows counts the rows of an export by what they would become.
func (t *summaryText) rows() {
	r := t.s.Rows
	t.Line("rows", report.Count(r.Read)+" read")
	t.bucket("to send", r.Sent, "")
	t.bucket("profile only", r.Person, "for profiles, not sent as events")
	t.bucket("left out", deliver.Sum(r.Skipped), ReasonsBesideTotal(r.Skipped))
	t.bucket("rejected", deliver.Sum(r.Rejected), ReasonsBesideTotal(r.Rejected))
	t.bucket("duplicate", r.Duplicate, "the same event as another row")
	t.bucket("already sent", r.Earlier, "")
	t.times()
}

func (t *summaryText) bucket(name string, n int64, note string) {
	if n == 0 && name != "to send" {
		return
	}
	const indent = 30
	count := fmt.Sprintf("%9s", report.Count(n))
	if name == "rejected" {
		count = t.Style.Red(count)
	}
	note = t.Style.Dim(wrapList(Plain(note), t.columnCount(), indent))
	fmt.Fprintln(t, strings.TrimRight(fmt.Sprintf("  %-16s %s  %s", name, count, note), " "))
}
