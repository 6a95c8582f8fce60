package webreport

import (
	"fmt"

	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// mostEvents is how many events the chart has.
const mostEvents = 30

// eventChart has a bar for each of the most frequent events.
type eventChart struct {
	Bars []eventBar
	Rest string // how many others there are
}

type eventBar struct {
	Name   string
	Number string
	Text   string // what becomes of its rows
	Parts  []stripPart
}

// newEventChart returns the chart of the events with the most rows; nil without events.
func newEventChart(events []transfer.EventRows, beyond *transfer.RowFates, fates []fate) *eventChart {
	if len(events) == 0 {
		return nil
	}
	c := &eventChart{}
	most := int64(1)
	for i := range events {
		most = max(most, events[i].All())
	}
	for i := range events[:min(len(events), mostEvents)] {
		e := &events[i]
		bar := eventBar{Name: eventName(e.Name), Number: report.Count(e.All()), Text: together(fateText(&e.RowFates, fates))}
		left := 0.0
		for _, f := range fates {
			if n := f.of(&e.RowFates); n > 0 {
				width := 100 * float64(n) / float64(most)
				bar.Parts = append(bar.Parts, stripPart{percent(left), percent(max(width, 0.2)), f.class})
				left += width
			}
		}
		c.Bars = append(c.Bars, bar)
	}
	rest := int64(0)
	for i := mostEvents; i < len(events); i++ {
		rest += events[i].All()
	}
	c.Rest = restText(len(events)-mostEvents, rest, beyond.All())
	return c
}

// restText says what is not among the bars; empty for nothing.
func restText(names int, rows, beyond int64) string {
	text := ""
	if names > 0 {
		text = fmt.Sprintf("%s with %s", report.Plural(names, "more event", "more events"), report.Plural(rows, "row", "rows"))
	}
	if beyond > 0 {
		rest := report.Plural(beyond, "row", "rows") + " of names that are not counted one by one"
		text = report.Join("; ", text, rest)
	}
	return text
}

// eventName shows the name of an event.
func eventName(text string) string {
	if text == "" {
		return "rows that are no events"
	}
	return name(text)
}
