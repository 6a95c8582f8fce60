package webreport

import (
	"cmp"
	"strings"

	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// fate is what becomes of rows, as charts show it: each has a lightness and a pattern of its own.
type fate struct {
	name  string // as in "4 left out"
	one   string // of a single row, where that is another word; else empty
	class string
	of    func(*transfer.RowFates) int64
}

// fates returns what becomes of rows, in the order in which bars are stacked. Details count rows that were to
// be sent as such, also if Customer.io refused them or the run stopped before.
func (d *Document) fates() []fate {
	send := "to send"
	if d.Kind == Sent && d.Summary != nil && d.Summary.Rows.Unsent == 0 && deliver.Sum(d.Summary.Refused) == 0 {
		send = "sent"
	}
	before := fate{"duplicates or already sent", "duplicate or already sent", "before", func(f *transfer.RowFates) int64 { return f.Before }}
	switch r := d.rows(); {
	case r.Earlier == 0:
		before.name, before.one = "duplicates", "duplicate"
	case r.Duplicate == 0:
		before.name, before.one = "already sent", ""
	}
	return []fate{
		{send, "", "send", func(f *transfer.RowFates) int64 { return f.Send }},
		{"profile only", "", "person", func(f *transfer.RowFates) int64 { return f.Person }},
		{"left out", "", "out", func(f *transfer.RowFates) int64 { return f.LeftOut }},
		{"rejected", "", "bad", func(f *transfer.RowFates) int64 { return f.Rejected }},
		before,
		{"not reached", "", "later", func(f *transfer.RowFates) int64 { return f.NotReached }},
	}
}

// counted is a number of rows: 3 left out, 1 duplicate.
func (f *fate) counted(n int64) string { return report.Plural(n, cmp.Or(f.one, f.name), f.name) }

// usedFates are those that some rows have.
func usedFates(all []fate, totals *transfer.RowFates) (used []fate) {
	for _, f := range all {
		if f.of(totals) > 0 {
			used = append(used, f)
		}
	}
	return used
}

// fatesText lists what becomes of rows: 1,204 rows: 1,200 to send, 4 left out.
func fatesText(f *transfer.RowFates, fates []fate) string {
	var parts []string
	for _, one := range fates {
		if n := one.of(f); n > 0 {
			parts = append(parts, one.counted(n))
		}
	}
	return report.Plural(f.All(), "row", "rows") + ": " + strings.Join(parts, ", ")
}

// fateText says what becomes of the rows of one event: in a word if it is the same for all of them.
func fateText(f *transfer.RowFates, fates []fate) string {
	all := f.All()
	var parts []string
	for _, one := range fates {
		switch n := one.of(f); n {
		case 0:
		case all:
			return report.PluralWord(n, cmp.Or(one.one, one.name), one.name)
		default:
			parts = append(parts, one.counted(n))
		}
	}
	return strings.Join(parts, ", ")
}

// strip is all rows in one bar, with a legend that says what the charts have.
type strip struct {
	Text   string // for those who cannot see it
	Read   string // how many rows there are
	Parts  []stripPart
	Legend []legend
}

type stripPart struct{ X, W, Class string }

type legend struct{ Class, Number, Text string }

// newStrip returns a bar of the rows of a run; nil without rows.
func newStrip(r *transfer.Rows, sent bool) *strip {
	if r.Read == 0 {
		return nil
	}
	send := "to send"
	if sent {
		send = "sent"
	}
	s := &strip{}
	left := 0.0
	var parts []string
	for _, one := range []struct {
		n           int64
		class, text string
	}{
		{r.Sent, "send", send}, {r.Unsent - r.Unanswered, "later", "queued, not sent"}, {r.Unanswered, "later", "sent, no answer"},
		{r.Person, "person", "profile only"}, {deliver.Sum(r.Skipped), "out", "left out"}, {deliver.Sum(r.Rejected), "bad", "rejected"},
		{r.Duplicate, "before", report.PluralWord(r.Duplicate, "duplicate", "duplicates")}, {r.Earlier, "before", "already sent"},
	} {
		if one.n == 0 {
			continue
		}
		width := 100 * float64(one.n) / float64(r.Read)
		s.Parts = append(s.Parts, stripPart{percent(left), percent(max(width, 0.3)), one.class})
		left += width
		s.Legend = append(s.Legend, legend{one.class, report.Count(one.n), one.text})
		parts = append(parts, report.Count(one.n)+" "+one.text)
	}
	s.Read = together(report.Plural(r.Read, "row", "rows")) + " read:"
	s.Text = report.Plural(r.Read, "row", "rows") + " read: " + strings.Join(parts, ", ")
	return s
}
