package terminal

import (
	"fmt"
	"strconv"
	"strings"

	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// sentWord names the rows that are sent, or would be.
func (t *summaryText) sentWord() string {
	if t.sent {
		return "sent"
	}
	return "to send"
}

// times counts the rows whose own time cannot be right.
func (t *summaryText) times() {
	if n := t.s.TimedByCreatedAt; n > 0 {
		t.Line("future", report.Plural(n, "row has a time in the future: its created_at is used", "rows have times in the future: their created_at is used"))
	}
}

// unread warns of fields of rows that cannot be read.
func (t *summaryText) unread() {
	for i := range t.s.UnreadFields {
		f := &t.s.UnreadFields[i]
		what := "an unreadable created_at"
		if f.Field == "person_id" {
			what = "a person_id that is not a UUID"
		}
		text := fmt.Sprintf("%s %s, and counts as having none: %s in %s:%d", report.Plural(f.Rows, "row has", "rows have"), what, strconv.Quote(f.Text), f.File, f.Line)
		if f.Rows != 1 {
			text = strings.Replace(text, "counts", "count", 1)
		}
		t.Line("warning", t.Style.Strong(OneLine(text)))
	}
}

// EmptyText names the files that were read and have no rows; it is empty if there are none.
func EmptyText(sources []transfer.SourceSummary) string {
	var empty []string
	for i := range sources {
		if s := &sources[i]; s.Rows == 0 && s.Trouble == "" && s.Warning == "" {
			empty = append(empty, s.Path)
		}
	}
	switch n := len(empty); n {
	case 0:
		return ""
	case 1:
		return OneLine(empty[0] + " has no rows")
	default:
		return OneLine(report.Files(n) + " have no rows: " + FirstFew(n, n, func(i int) string { return empty[i] }))
	}
}

// examples shows one rejected row for each of the first few reasons.
func (t *summaryText) examples() {
	for i, e := range t.s.Examples {
		t.Line(firstLabel("rejected", i), OneLine(strings.TrimSpace(rejectPlace(&e)+"  "+RejectText(&e))))
	}
}

// RejectText says why a row was rejected. A detail of our own says all of it; a message of Customer.io's is
// introduced as theirs.
func RejectText(r *deliver.Reject) string {
	if r.Detail != "" && !deliver.IsRefusal(r.Reason) {
		return r.Detail
	}
	return report.Join(": ", WordsFor(r.Reason, 1), r.Field, r.Detail)
}

// corrections names the first few rows that correct an event already sent.
func (t *summaryText) corrections() {
	n := t.s.Rows.Skipped[mapping.ReasonCorrectedLate]
	if n == 0 {
		return
	}
	what := "Customer.io cannot change an event that it has"
	if t.s.Rejects != "" {
		what += "; " + transfer.RejectsName + " lists all corrections"
	}
	t.Line("corrections", what)
	for i := range min(len(t.s.CorrectedLate), MaxNamed) {
		c := &t.s.CorrectedLate[i]
		t.detail(OneLine(fmt.Sprintf("%s:%d  %s  %s", c.File, c.Line, c.Event, c.EventID)))
	}
}

// rejectPlace is where a rejected row is, empty for a person.
func rejectPlace(r *deliver.Reject) string {
	switch {
	case r.Line > 0:
		return fmt.Sprintf("%s:%d", r.File, r.Line)
	case r.Row > 0:
		return fmt.Sprintf("%s row %d", r.File, r.Row)
	}
	return r.File
}
