package webreport

import (
	"strconv"
	"strings"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/inspect"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer/deliver"
)

// inspection is the sections of an inspection.
func (b *builder) inspection() []*section {
	return []*section{
		b.days(), b.inspectedEvents(), b.leftOut(), b.inspectedRejects(), b.inspectedPeople(),
		b.properties("event-properties", "Event properties", "rows", b.d.Inspection.EventProperties, b.d.Inspection.Beyond.EventProperties),
		b.properties("person-properties", "Person properties", "people", b.d.Inspection.PersonProperties, b.d.Inspection.Beyond.PersonProperties),
		b.values(), b.mapping(), b.inspectedFiles(), b.about(),
	}
}

func (b *builder) inspectedFigures() []figure {
	in := b.d.Inspection
	rejected := deliver.Sum(in.Rows.Rejected)
	return []figure{
		newFigure(in.Rows.Read, "row", "rows", report.Count(in.Rows.Sent)+" to send"),
		newFigure(len(in.Events), "event name", "event names", ""),
		newFigure(in.People.People, "person", "people", report.Count(in.People.Identified)+" identified"),
		{Number: report.Count(rejected), Label: report.PluralWord(rejected, "row that cannot be sent", "rows that cannot be sent"), Bad: rejected > 0},
	}
}

func newFigure[N int | int64](n N, one, many, note string) figure {
	return figure{Number: report.Count(n), Label: report.PluralWord(n, one, many), Note: note}
}

// inspectedEvents says what the rows of each event become.
func (b *builder) inspectedEvents() *section {
	in := b.d.Inspection
	s := b.events()
	t := &table{Summary: "What each event becomes", Heads: append(append(words("event"), numbers("rows", "of all")...), words("sent as")...)}
	for i := range in.Events[:min(len(in.Events), b.limits.rows)] {
		e := &in.Events[i]
		cells := append(text(name(e.Name)), count(e.Rows)...)
		cells = append(cells, cell{Text: report.Percent(e.Share), Number: true}, cell{Text: message(terminal.SentAs(e))})
		t.Rows = append(t.Rows, row{Cells: cells})
	}
	t.More = restText(len(in.Events)-len(t.Rows), restOf(in.Events[len(t.Rows):]), in.Beyond.Events)
	s.table(t)
	return s
}

func restOf(events []inspect.Event) (rows int64) {
	for i := range events {
		rows += events[i].Rows
	}
	return rows
}

// inspectedRejects says which rows cannot be sent, with the first of each reason.
func (b *builder) inspectedRejects() *section {
	in := b.d.Inspection
	s := &section{ID: "rejected", Title: "What cannot be sent"}
	for i := range in.Rejects {
		r := &in.Rejects[i]
		e := b.reason(r.Reason, r.Count)
		e.Cure = withFlags(terminal.CureFor(r.Reason))
		if len(e.Details) == 0 {
			if where := place(r.First.File, r.First.Line, r.First.Row); where != "" {
				e.Details = append(e.Details, report.Join(report.ListSeparator, "For example "+where, eventOf(&r.First)))
			}
		}
		if detail := report.Join(": ", shown(r.First.Field, mostOfName), message(r.First.Detail)); detail != "" {
			e.Details = append(e.Details, detail)
		}
		if e.Raw == "" {
			e.Raw = shown(r.First.Raw, mostOfText)
		}
		s.entries(e)
	}
	var entries []entry
	for _, reason := range byCount(in.Times.Unusable) {
		n := in.Times.Unusable[reason]
		text := report.PluralWord(n, "row ", "rows ") + message(terminal.WordsFor(reason, n)) + ", sent or not"
		entries = append(entries, entry{Number: report.Count(n), Text: text})
	}
	s.entries(entries...)
	return s
}

func (b *builder) inspectedPeople() *section {
	p := &b.d.Inspection.People
	s := &section{ID: "people", Title: "People and their IDs"}
	if p.DistinctIDs > 0 {
		s.Lead = report.Plural(p.DistinctIDs, "distinct ID is", "distinct IDs are") + " " + report.Plural(p.People, "person", "people") + "."
	}
	s.entries(some(
		numbered(p.Identified, "identified", ""), numbered(p.Anonymous, "not identified yet", ""),
		numbered(p.WithEmail, "with an email", ""), numbered(p.Sent, "to send", ""),
		numbered(p.Unidentified, "left out because nothing identifies them", code("--people all")+" sends them"),
		numbered(p.ShapeOnly, "of these only because the ID looks machine-made", ""),
		numbered(p.VisitorOnly, "of these only because posthog-js never says who they are", ""),
		b.optedOut(b.d.Inspection.OptedOut),
	)...)
	b.logins(s, &p.Uncertain)
	b.largest(s)
	if teams := b.d.Inspection.Teams; len(teams) > 1 {
		var ids []string
		for _, id := range teams {
			ids = append(ids, strconv.FormatInt(id, 10))
		}
		s.notes(note{
			Word: "Projects", Text: "The rows are of several PostHog projects: " + strings.Join(ids, ", ") + ".",
			Cure: code("--team ID") + " chooses the one whose rows a run sends",
		})
	}
	return s
}

// properties lists properties of events or people.
func (b *builder) properties(id, title, of string, all []inspect.Property, beyond int64) *section {
	s := &section{ID: id, Title: title}
	t := &table{Heads: append(append(words("property"), numbers(of, "present", "longest")...), words("sent")...)}
	for i := range all[:min(len(all), b.limits.rows)] {
		p := &all[i]
		present := report.Percent(p.Coverage)
		if p.AlwaysNull() {
			present = "always null"
		}
		cells := append(text(name(p.Name)), count(p.Rows)...)
		cells[0].Small = []string{shown(terminal.TypesText(p.Types), mostOfName)}
		longest, sent := report.ShortBytes(p.Longest), message(terminal.PropertySent(p))
		cells = append(cells, cell{Text: present, Number: true}, cell{Text: longest, Number: true}, cell{Text: sent})
		t.Rows = append(t.Rows, row{Cells: cells})
	}
	b.fold(t, len(all), report.Plural(len(all), "property", "properties"))
	if beyond > 0 {
		t.More = report.Join("; ", t.More, report.Plural(beyond, "value", "values")+" of other names")
	}
	s.table(t)
	return s
}
