package terminal

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/explain"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// explainText lays an explanation out.
type explainText struct {
	strings.Builder
	why   *explain.Person
	limit int
	style Style
	width int
}

// Explanation returns the explanation of a person, and of everybody else with the same email. limit is how
// many lines of each list are shown, 0 for all.
func Explanation(why *explain.Person, style Style, width, limit int) string {
	t := &explainText{why: why, limit: limit, style: style, width: width}
	t.writeAll()
	return style.Text(t.String())
}

// writeAll writes everybody who has the email that was asked about.
func (t *explainText) writeAll() {
	first := t.why
	if n := 1 + len(first.Others) + len(first.More); n > 1 {
		t.line("email", t.style.Bold(fmt.Sprintf("%d people have this email", n)))
		t.WriteString("\n")
	}
	t.write()
	for _, t.why = range first.Others {
		t.WriteString("\n")
		t.write()
	}
	if more := first.More; len(more) > 0 {
		t.WriteString("\n")
		t.line("and", FirstFew(len(more), len(more), func(i int) string { return plainID(more[i]) }))
	}
}

func (t *explainText) write() {
	w := t.why
	t.line("person", t.style.Bold(plainID(cmp.Or(w.Kept, w.ID))))
	t.line("", Plain(explainedStatus(w)))
	if near := w.Near; len(near) > 0 && !w.Known() {
		t.line("", "did you mean "+FirstFew(len(near), len(near), func(i int) string { return Plain(strconv.Quote(mapping.ShortID(near[i]))) })+"?")
	}
	if w.Held != nil {
		t.line("profiles", Plain(heldText(w.Held)))
		t.line("", HeldAdvice)
	}
	if w.Kept != "" && (w.By != "id" || w.Value != w.Kept) {
		t.line("sent as", w.By+" "+plainID(w.Value))
	}
	t.list("merges", len(w.Merges), func(i int) (string, string) {
		return Plain("merge " + profileText(&w.Merges[i].Profile) + " into " + profileText(&w.Merges[i].Into)), ""
	})
	if w.WithoutEmail != nil {
		t.line("email", fmt.Sprintf("sent without %s, because %s has it", Plain(w.WithoutEmail.Email), plainID(w.WithoutEmail.HeldBy)))
	}
	if len(w.IDs) > 0 {
		t.ids()
	}
	t.refused()
	t.attributes()
	t.operations()
}

// line writes a label and a text, which is wrapped beside it.
func (t *explainText) line(label, text string) { t.raw(label, Wrap(text, t.width, labelWidth)) }

// raw writes a label and a text as it is.
func (t *explainText) raw(label, text string) { fmt.Fprintf(t, "%-*s %s\n", labelWidth-1, label, text) }

// beside writes a label and lines beside it.
func (t *explainText) beside(label, lines string) {
	t.raw(label, strings.ReplaceAll(strings.TrimSuffix(lines, "\n"), "\n", "\n"+strings.Repeat(" ", labelWidth)))
}

// explainedStatus says what becomes of a person.
func explainedStatus(w *explain.Person) string {
	if !w.Known() {
		text := "no row of the export has this ID"
		if people.PlausibleEmail([]byte(w.ID)) {
			text += ", and nobody has it as an email"
		}
		return text + "; write it exactly as the export has it"
	}
	if w.Status == "sent" {
		return "to send, unless an earlier run has sent the same"
	}
	if code, is := strings.CutPrefix(w.Status, explain.RejectedWithEvents); is {
		return explain.RejectedWithEvents + WordsFor(code, 1)
	}
	return strings.Replace(w.Status, transfer.ReasonSameIdentifier, WordsFor(transfer.ReasonSameIdentifier, 1), 1)
}

// list writes the first lines of a list.
func (t *explainText) list(label string, n int, show func(i int) (first, more string)) {
	for i := range n {
		if t.limit > 0 && i == t.limit {
			t.line("", t.style.Dim(fmt.Sprintf("... %d more (--limit 0 shows all)", n-i)))
			return
		}
		first, more := show(i)
		t.line(label, first)
		if label = ""; more != "" {
			t.raw("", "  "+t.style.Dim(Wrap(more, t.width, labelWidth+2)))
		}
	}
}

func (t *explainText) ids() {
	t.WriteString("\n")
	t.list("IDs", len(t.why.IDs), func(i int) (string, string) {
		one := &t.why.IDs[i]
		why := one.Why
		if one.Link != nil && one.Why == one.Link.Reason {
			why += " (" + rowPlace(one.Link.Place) + ")"
		}
		return plainID(one.ID) + "  " + t.style.Dim(rowsOf(one)), Plain(why)
	})
}

// plainID is an ID, shortened, as it may be shown.
func plainID(id string) string { return Plain(mapping.ShortID(id)) }

func rowsOf(one *explain.ID) string {
	rows := report.Plural(one.Rows, "row", "rows")
	first, last := one.First.Format(time.DateOnly), one.Last.Format(time.DateOnly)
	switch {
	case one.Rows == 0:
		return "no rows"
	case one.First.IsZero():
		return rows
	case first == last:
		return rows + " on " + first
	}
	return rows + ", " + first + " to " + last
}

func rowPlace(p explain.Row) string {
	text := fmt.Sprintf("%s:%d", p.File, p.Line)
	if !p.Time.IsZero() {
		text += ", " + p.Time.Format("2006-01-02 15:04:05 UTC")
	}
	return text
}

func (t *explainText) refused() {
	if len(t.why.Refused) > 0 {
		t.WriteString("\n")
	}
	t.list("not linked", len(t.why.Refused), func(i int) (string, string) {
		l := &t.why.Refused[i]
		text := fmt.Sprintf("%s of %s with %s (%s)", l.Place.Event, mapping.ShortID(l.ID), mapping.ShortID(l.Other), rowPlace(l.Place))
		return Plain(text), Plain("refused: " + l.Reason)
	})
}

func (t *explainText) attributes() {
	if len(t.why.Attributes) > 0 {
		t.WriteString("\n")
	}
	t.list("attributes", len(t.why.Attributes), func(i int) (string, string) {
		a := &t.why.Attributes[i]
		from := "from the persons export"
		if a.Place.File != "" {
			from = fmt.Sprintf("from %s (%s:%d)", a.Place.Event, a.Place.File, a.Place.Line)
		}
		return Plain(a.Name+" "+shortened(a.Value)) + "  " + t.style.Dim(Plain(from)), ""
	})
}

// shortened cuts a value that would fill the screen.
func shortened(value string) string {
	const most = 200
	if len(value) > most {
		return strings.ToValidUTF8(value[:most], "") + "..."
	}
	return value
}

// explainedRows says what becomes of a person's rows.
func explainedRows(rows map[string]int64) string {
	order := []string{"sent", "person", "skipped", "rejected", "duplicate", "earlier"}
	kind := func(bucket string) int {
		kind, _, _ := strings.Cut(bucket, ".")
		return slices.Index(order, kind)
	}
	buckets := slices.SortedFunc(maps.Keys(rows), func(a, b string) int {
		return cmp.Or(cmp.Compare(kind(a), kind(b)), cmp.Compare(a, b))
	})
	var parts []string
	for _, bucket := range buckets {
		kind, reason, _ := strings.Cut(bucket, ".")
		text := explainedBucket(kind, rows[bucket])
		if reason != "" {
			text += " (" + strings.TrimPrefix(WordsFor(reason, rows[bucket]), "left out ") + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, report.ListSeparator)
}

// explainedBucket says what becomes of n rows.
func explainedBucket(kind string, n int64) string {
	switch kind {
	case "duplicate":
		return report.Plural(n, "duplicate", "duplicates")
	case "sent":
		kind = "to send"
	case "person":
		kind = "for the profile only"
	case "skipped":
		kind = "left out"
	case "earlier":
		kind = "already sent"
	}
	return report.Count(n) + " " + kind
}

func (t *explainText) operations() {
	w := t.why
	if len(w.Rows) == 0 {
		return
	}
	t.WriteString("\n")
	t.line("rows", explainedRows(w.Rows))
	t.list("rules", len(w.Rules), func(i int) (string, string) { return ruleRows(&w.Rules[i]), "" })
	if w.Rejected != "" {
		t.line("profile", t.style.Red(Plain("no update: "+w.Rejected)))
	}
	if w.Identify != "" {
		body, lines := fieldsOf([]byte(w.Identify)), &Lines{Style: t.style, Width: t.width - labelWidth}
		fmt.Fprintln(lines, lines.heading(customerio.Identify, body, ""))
		lines.attributes(fieldOf(body, "attributes"), "--json has all")
		t.beside("profile", lines.String())
	}
	sent := w.Rows["sent"]
	for i, operation := range w.Operations {
		label := ""
		if i == 0 {
			label = "events"
		}
		t.beside(label, briefOperation(operation, t.style, t.width-labelWidth))
	}
	if more := sent - int64(len(w.Operations)); more > 0 {
		t.line("", t.style.Dim(fmt.Sprintf("... %s more", report.Count(more))))
	}
}
