package webreport

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/escape"
	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// byCount returns the codes of counts, the largest first.
func byCount(counts map[string]int64) []string {
	codes := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	return slices.DeleteFunc(codes, func(code string) bool { return counts[code] == 0 })
}

// leftOut says what is left out, why, and what sends it.
func (b *builder) leftOut() *section {
	r := b.d.rows()
	s := &section{ID: "left-out", Title: "Left out, and why"}
	total := deliver.Sum(r.Skipped)
	if total > 0 {
		s.Lead = report.Plural(total, "row is", "rows are") + " left out by choice or by rule. An arrow shows what sends them."
	}
	for _, reason := range byCount(r.Skipped) {
		s.entries(b.reason(reason, r.Skipped[reason]))
	}
	b.skippedEvents(s)
	b.corrections(s)
	if r.Duplicate > 0 {
		s.quiet(report.Plural(r.Duplicate, "row is a duplicate", "rows are duplicates") + " of another row: each event is sent once.")
	}
	if r.Earlier > 0 {
		s.quiet(report.Plural(r.Earlier, "row was", "rows were") + " sent before, by an earlier run or before this one was resumed.")
	}
	return s
}

// reason says one reason, with an example.
func (b *builder) reason(reason string, n int64) entry {
	e := entry{Number: report.Count(n), Text: message(terminal.WordsFor(reason, n)), Cure: withFlags(terminal.FixFor(reason))}
	examples := b.d.details().Examples
	if i := slices.IndexFunc(examples, func(one transfer.RowExample) bool { return one.Reason == reason }); i >= 0 {
		e.example(&examples[i])
	}
	return e
}

func (e *entry) example(one *transfer.RowExample) {
	parts := []string{place(one.File, one.Line, one.Row)}
	if one.Event != "" {
		parts = append(parts, name(one.Event))
	}
	if !one.At.IsZero() {
		parts = append(parts, second(one.At))
	}
	if one.DistinctID != "" {
		parts = append(parts, "distinct ID "+name(one.DistinctID))
	}
	if text := report.Join(report.ListSeparator, parts...); text != "" {
		e.Details = append(e.Details, "For example "+text)
	}
	e.Raw = shown(one.Raw, mostOfText)
}

// skippedEvents lists the events whose names begin with a $ and that are left out.
func (b *builder) skippedEvents(s *section) {
	all, beyond := b.skipped()
	if len(all)+int(min(beyond, 1)) == 0 {
		return
	}
	heads := slices.Concat(words("event"), numbers("rows"), words("what sends it besides all others"))
	t := &table{Summary: "PostHog's own events that are left out", Heads: heads}
	yours := &table{Caption: "Maybe yours: these names begin with a $, but PostHog does not document them", Heads: heads}
	for i := range all[:min(len(all), b.limits.rows)] {
		e := &all[i]
		how := "it cannot be named by --events"
		if e.Events != "" {
			how = typed("--events " + escape.Shell(e.Events))
		}
		line := row{Cells: append(append(text(name(e.Name)), count(e.Rows)...), text(how)...)}
		if e.PerhapsYours {
			yours.Rows = append(yours.Rows, line)
		} else {
			t.Rows = append(t.Rows, line)
		}
	}
	if more := len(all) - b.limits.rows; more > 0 {
		t.More = report.Plural(more, "more name", "more names")
	}
	s.table(yours)
	s.table(t)
	if beyond > 0 {
		s.quiet(report.Plural(beyond, "row", "rows") + " of other events whose names begin with a $ are left out, too.")
	}
}

func (b *builder) skipped() ([]transfer.SkippedEvent, int64) {
	if in := b.d.Inspection; in != nil {
		return in.SkippedEvents, in.SkippedEventsBeyond
	}
	return b.d.Summary.SkippedEvents, b.d.Summary.SkippedEventsBeyond
}

// corrections lists rows that correct events which were sent before.
func (b *builder) corrections(s *section) {
	if b.d.Summary == nil || len(b.d.Summary.CorrectedLate) == 0 {
		return
	}
	all := b.d.Summary.CorrectedLate
	t := &table{Summary: "Corrections of events already sent: Customer.io cannot change an event that it has", Heads: words("row", "event")}
	for i := range all[:min(len(all), b.limits.rows)] {
		c := &all[i]
		cells := text(place(c.File, c.Line, c.Row), name(c.Event))
		if c.EventID != "" {
			cells[1].Small = []string{"in Customer.io " + name(c.EventID)}
		}
		t.Rows = append(t.Rows, row{Cells: cells})
	}
	t.More = more(b.d.rows().Skipped[mapping.ReasonCorrectedLate] - int64(len(t.Rows)))
	s.table(t)
}

// more says how many lines a table does not have; empty for none.
func more[N int | int64](n N) string {
	if n <= 0 {
		return ""
	}
	return "and " + report.Count(n) + " more"
}

// rejects says what could not be sent, and what to do about it.
func (b *builder) rejects() *section {
	s := &section{ID: "rejected", Title: "Rejected: what could not be sent"}
	sum := b.d.Summary
	for _, of := range []struct {
		counts    map[string]int64
		one, many string
		rows      bool
	}{{sum.Rows.Rejected, "row", "rows", true}, {sum.People.Rejected, "person", "people", false}, {sum.MergesRejected, "merge", "merges", false}} {
		var entries []entry
		for _, reason := range byCount(of.counts) {
			n := of.counts[reason]
			e := entry{Number: report.Count(n)}
			if of.rows { // people and merges may have the same reasons, but are no rows
				e = b.reason(reason, n)
			}
			e.Text = report.PluralWord(n, of.one, of.many) + " " + message(terminal.WordsFor(reason, n))
			e.Cure = withFlags(terminal.CureFor(reason))
			b.rejectExamples(&e, reason, of.rows)
			entries = append(entries, e)
		}
		s.entries(entries...)
	}
	if n := sum.Refused; deliver.Sum(n) > 0 {
		s.text("Customer.io itself refused " + terminal.OperationsText(n) + ".")
	}
	if sum.Rejects != "" {
		s.text("All of them, with what they say: " + pathText(sum.Rejects) + ".")
	}
	return s
}

// rejectExamples adds the first rejects with a reason, of rows or of anything else, unless the same row is there already.
func (b *builder) rejectExamples(e *entry, reason string, rows bool) {
	for i := range b.d.Summary.Examples {
		one := &b.d.Summary.Examples[i]
		if one.Reason != reason || isRow(one) != rows {
			continue
		}
		detail := report.Join(": ", shown(one.Field, mostOfName), message(one.Detail))
		if where := place(one.File, one.Line, one.Row); len(e.Details) == 0 && where != "" {
			detail = report.Join(report.ListSeparator, "For example "+where, eventOf(one), detail)
		}
		if detail != "" {
			e.Details = append(e.Details, detail)
		}
		if e.Raw == "" {
			e.Raw = shown(one.Raw, mostOfText)
		}
	}
}

func firstUpper(text string) string {
	if text == "" || text[0] >= 0x80 || text[0] < ' ' {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// eventOf names the event of a reject; empty for none.
func eventOf(r *deliver.Reject) string {
	if r.Event == "" {
		return ""
	}
	return name(r.Event)
}
