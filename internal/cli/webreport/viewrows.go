package webreport

import (
	"fmt"
	"time"

	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// days shows the rows by time.
func (b *builder) days() *section {
	s := &section{ID: "days", Title: "Rows by time"}
	bins := binDays(b.d.details().Days)
	var total transfer.RowFates
	for i := range bins.bins {
		addFates(&total, &bins.bins[i].RowFates)
	}
	charted := usedFates(b.fates, &total)
	addFates(&total, &bins.undated)
	addFates(&total, &bins.before)
	addFates(&total, &bins.after)
	fates := usedFates(b.fates, &total)
	if chart := newDayChart(bins.bins, bins.unit, charted); chart != nil {
		s.Title = "Rows by " + bins.unit
		s.Lead = "One bar for each " + bins.unit + ", in UTC."
		if bins.unit == "week" {
			s.Lead = "One bar for each week from Monday to Sunday, in UTC."
		}
		s.Lead += b.refusedToo()
		s.add(block{Days: chart})
	}
	far := func(f *transfer.RowFates, when string) {
		if n := f.All(); n > 0 {
			s.quiet(report.Plural(n, "row", "rows") + " " + when + ", too far from the others for this chart: " + fateText(f, fates) + ".")
		}
	}
	far(&bins.before, "before "+day(bins.first))
	far(&bins.after, "after "+day(bins.last))
	if n := bins.undated.All(); n > 0 {
		s.quiet(report.Plural(n, "row has", "rows have") + " no time to be drawn at: " + fateText(&bins.undated, fates) + ".")
	}
	s.table(dayTable(bins, fates))
	return s
}

// refusedToo says how much of what was to be sent Customer.io refused; empty for nothing.
func (b *builder) refusedToo() string {
	if b.d.Summary == nil || eventCount(b.d.Summary.Refused) == 0 {
		return ""
	}
	n := eventCount(b.d.Summary.Refused)
	return " To send counts " + report.Plural(n, "row", "rows") + " that Customer.io refused, too."
}

// dayTable has the numbers of the chart.
func dayTable(b *binning, fates []fate) *table {
	t := &table{Summary: "The same as a table", Heads: append(words(b.unit), numbers("rows")...)}
	for _, f := range fates {
		t.Heads = append(t.Heads, head{f.name, true})
	}
	add := func(label string, f *transfer.RowFates) {
		if f.All() == 0 {
			return
		}
		cells := append(text(label), count(f.All())...)
		for _, one := range fates {
			cells = append(cells, count(one.of(f))...)
		}
		t.Rows = append(t.Rows, row{Cells: cells})
	}
	add("without a usable time", &b.undated)
	if !b.first.IsZero() {
		add("before "+day(b.first), &b.before)
	}
	for i := range b.bins {
		add(b.bins[i].label(), &b.bins[i].RowFates)
	}
	if !b.last.IsZero() {
		add("after "+day(b.last), &b.after)
	}
	return t
}

// events shows the rows by event.
func (b *builder) events() *section {
	s := &section{ID: "events", Title: "Rows by event"}
	events, beyond := b.d.details().Events, &b.d.details().EventsBeyond
	total := *beyond
	for i := range events {
		addFates(&total, &events[i].RowFates)
	}
	fates := usedFates(b.fates, &total)
	chart := newEventChart(events, beyond, fates)
	if chart == nil {
		return s
	}
	s.Lead = report.Plural(len(events), "event name", "event names") + ", the most frequent first." + b.refusedToo()
	s.add(block{Events: chart})
	t := &table{Summary: "The same as a table", ScreenOnly: true, Heads: append(words("event"), numbers("rows")...)}
	for _, f := range fates {
		t.Heads = append(t.Heads, head{f.name, true})
	}
	shows := min(len(events), b.limits.rows)
	for i := range events[:shows] {
		e := &events[i]
		cells := append(text(eventName(e.Name)), count(e.All())...)
		for _, f := range fates {
			cells = append(cells, count(f.of(&e.RowFates))...)
		}
		t.Rows = append(t.Rows, row{Cells: cells})
	}
	rest := int64(0)
	for i := shows; i < len(events); i++ {
		rest += events[i].All()
	}
	t.More = restText(len(events)-shows, rest, beyond.All())
	s.table(t)
	return s
}

// timesText is the span of the times of rows; empty if it is not known.
func (b *builder) timesText() string {
	if in := b.d.Inspection; in != nil {
		if in.Times.First.IsZero() {
			return "no row has a usable time"
		}
		return "rows of " + daySpan(in.Times.First, in.Times.Last)
	}
	var first, last time.Time
	for _, one := range b.d.details().Days {
		if at, err := time.Parse(time.DateOnly, one.Day); err == nil {
			if first.IsZero() {
				first = at
			}
			last = at
		}
	}
	if first.IsZero() {
		return ""
	}
	return fmt.Sprintf("rows of %s", daySpan(first, last))
}
