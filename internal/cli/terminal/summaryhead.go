package terminal

import (
	"fmt"
	"strings"
	"time"

	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// headRow is a number, what it counts, and a note.
type headRow struct {
	number, label, note string
	paint               func(string) string // nil leaves the number as it is
}

// head counts rows, operations and what becomes of neither, with the numbers below each other.
func (t *summaryText) head() {
	s := t.s
	r := &s.Rows
	rows := []headRow{{report.Count(r.Read), report.PluralWord(r.Read, "row", "rows"), t.spanText(), nil}, t.eventsRow()}
	add := func(n int64, one, many, note string) {
		if n != 0 {
			rows = append(rows, headRow{number: report.Count(n), label: report.PluralWord(n, one, many), note: note})
		}
	}
	red := func() { rows[len(rows)-1].paint = t.Style.Red }
	rows = append(rows, t.updatesRow()...)
	merges := t.counted()["merge"]
	add(merges, "merge", "merges", PairsText(s.Merges[:min(len(s.Merges), MaxNamed)], int(merges)))
	atMost, orMore := "", ""
	if t.asked != nil {
		atMost, orMore = "at most", "or more"
	}
	add(r.Person, "for profiles only", "for profiles only", atMost)
	add(deliver.Sum(r.Skipped), "left out", "left out", report.Join(report.ListSeparator, orMore, ReasonsBesideTotal(r.Skipped)))
	if n := deliver.Sum(r.Rejected); n > 0 {
		note := orMore
		if t.asked == nil {
			note = ReasonsBesideTotal(r.Rejected)
		}
		add(n, "rejected", "rejected", note)
		red()
	}
	if n := deliver.Sum(s.MergesRejected); n > 0 {
		add(n, "merge rejected", "merges rejected", ReasonsBesideTotal(s.MergesRejected))
		red()
	}
	if t.asked != nil && t.sentBefore {
		add(r.Duplicate, "duplicate or sent", "duplicates or sent", "the same events as other rows, or sent by an earlier run")
	} else {
		add(r.Duplicate, "duplicate", "duplicates", report.PluralWord(r.Duplicate, "the same event as another row", "the same events as other rows"))
	}
	add(r.Earlier, "already sent", "already sent", "")
	add(r.Unsent-r.Unanswered, "queued, not sent", "queued, not sent", "")
	add(r.Unanswered, "sent, no answer", "sent, no answer", "safe to send again")
	t.writeHead(rows)
}

// counted are the operations that Customer.io has accepted; in a plan, all.
func (t *summaryText) counted() map[string]int64 {
	if t.sent {
		return t.s.Accepted
	}
	return t.s.Operations
}

// eventsRow counts the rows that are sent as events, pages and screens.
func (t *summaryText) eventsRow() headRow {
	n, note := t.s.Rows.Sent, ""
	counted := t.counted()
	if counted["page"]+counted["screen"] > 0 {
		var parts []string
		for _, action := range Actions {
			if c := counted[action]; c > 0 && action != "identify" && action != "merge" {
				parts = append(parts, report.Count(c)+" "+WordsFor(action, c))
			}
		}
		note = strings.Join(parts, report.ListSeparator)
	}
	switch {
	case t.asked == nil:
	case t.asked.AtMost:
		note = "at most"
	case t.asked.About:
		note = "about"
	}
	return headRow{number: report.Count(n), label: report.PluralWord(n, "event ", "events ") + t.sentWord(), note: note}
}

// updatesRow counts profile updates, and the people who need none.
func (t *summaryText) updatesRow() []headRow {
	p := &t.s.People
	var notes []string
	if p.Earlier > 0 {
		notes = append(notes, report.Plural(p.Earlier, "person", "people")+" already sent")
	}
	if p.Unchanged > 0 {
		notes = append(notes, report.Plural(p.Unchanged, "person", "people")+" already sent and unchanged")
	}
	n := t.counted()["identify"]
	if n == 0 && len(notes) == 0 {
		return nil
	}
	return []headRow{{number: report.Count(n), label: WordsFor("identify", n), note: strings.Join(notes, report.ListSeparator)}}
}

// leastForNotes is how many columns there must be for texts beside others; else they stand below them.
const leastForNotes = 24

// writeHead sets the rows below each other.
func (t *summaryText) writeHead(rows []headRow) {
	if t.records() {
		for _, row := range rows {
			fmt.Fprintln(t, report.Join(": ", row.number+" "+row.label, row.note))
		}
		return
	}
	wide, labels := 0, 0
	for _, row := range rows {
		wide, labels = max(wide, len(row.number)), max(labels, len(row.label))
	}
	indent := t.Margin + wide + 1 + labels + 3
	for _, row := range rows {
		number := strings.Repeat(" ", t.Margin+wide-len(row.number)) + row.number + " "
		if row.paint != nil {
			number = row.paint(number)
		}
		switch {
		case row.note == "":
			fmt.Fprintln(t, number+row.label)
		case t.columnCount()-indent < leastForNotes:
			below := t.Margin + wide + 1
			fmt.Fprintf(t, "%s%s\n%*s%s\n", number, row.label, below, "", wrapList(row.note, t.columnCount(), below))
		default:
			fmt.Fprintln(t, number+Padded(row.label, labels)+"   "+wrapList(row.note, t.columnCount(), indent))
		}
	}
}

// spanText says of which time the rows are that could be sent, and how many files they are in.
func (t *summaryText) spanText() string {
	files := ""
	if n := len(t.s.Sources); n > 0 {
		files = report.Files(n)
	}
	stopped := ""
	if t.s.Interrupted {
		stopped = "read before it stopped"
	}
	return report.Join(", ", SpanText(t.s.Times), files, stopped)
}

// SpanText writes a span of times by its days: 4 Mar 2026, 3 – 9 Mar 2026, 3 Jul – 30 Sep 2026. It is empty for
// no times.
func SpanText(times transfer.Span) string {
	const day, month, year = "2", "2 Jan", "2 Jan 2006"
	first, last := times.First.UTC(), times.Last.UTC()
	form := year
	switch {
	case first.IsZero():
		return ""
	case first.Format(time.DateOnly) == last.Format(time.DateOnly):
		return last.Format(year)
	case first.Format("200601") == last.Format("200601"):
		form = day
	case first.Year() == last.Year():
		form = month
	}
	return first.Format(form) + " – " + last.Format(year)
}
