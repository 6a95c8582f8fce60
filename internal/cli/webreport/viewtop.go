package webreport

import (
	"strings"
	"time"

	"ph2cio/internal/cli/terminal"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
	"ph2cio/internal/transfer/deliver"
)

// view makes the view.
func (b *builder) view() *view {
	d := b.d
	v := &view{Sent: d.sent(), Label: b.label(), Facts: b.facts(), Alerts: b.alerts(), Hidden: !d.Examples, Flag: code("--" + ExamplesFlag)}
	v.Headline = b.headline()
	v.Title = plain(v.Label + ": " + v.Headline)
	var sections []*section
	if d.Inspection != nil {
		v.Figures, v.Strip = b.inspectedFigures(), newStrip(&d.Inspection.Rows, false)
		sections = b.inspection()
	}
	if d.Summary != nil {
		v.Strip = newStrip(&d.Summary.Rows, d.sent())
		if !b.foundNothing() {
			v.Figures = b.figures()
		}
		if !b.foundNothing() && !b.sentNothing() {
			v.Risks = b.risks()
		}
		if d.Summary.Next != "" {
			v.Next, v.NextNote = typed(d.Summary.Next), b.nextNote()
		}
		sections = b.run()
	}
	for _, s := range sections {
		if !s.empty() {
			v.Sections = append(v.Sections, s)
		}
	}
	v.Made = strings.TrimSpace("ph2cio " + shown(d.Version, mostOfName))
	return v
}

// nextNote says what the next command is for, where that is not plain.
func (b *builder) nextNote() string {
	switch one := strings.Contains(b.d.Summary.Next, " --only"); {
	case !one || b.d.Kind != Plan:
		return ""
	case b.d.Examples:
		return "It sends one person, as a trial."
	}
	return "It sends one person, as a trial: somebody's distinct ID goes in the place of " + code(hiddenValue) + "."
}

func (b *builder) run() []*section {
	return []*section{
		b.profiles(), b.days(), b.events(), b.leftOut(), b.rejects(), b.people(), b.merges(), b.made(),
		b.values(), b.mapping(), b.operations(), b.files(), b.about(),
	}
}

// sentNothing reports whether a page is about sending, and nothing went out.
func (b *builder) sentNothing() bool {
	s := b.d.Summary
	return b.d.sent() && deliver.Sum(s.Accepted)+deliver.Sum(s.Unanswered) == 0
}

// foundNothing reports whether a run has read nothing, because nothing is new.
func (b *builder) foundNothing() bool {
	return b.d.Summary.Rows.Read == 0 && b.d.Failure == "" && !b.d.Summary.Interrupted && (!b.d.sent() || b.sentNothing())
}

func (b *builder) label() string {
	const nothing = " · nothing was sent"
	switch {
	case b.d.Kind == Inspected:
		return "What is in an export" + nothing
	case b.foundNothing():
		return "Nothing new" + nothing
	case b.d.Kind == Plan:
		return "Plan" + nothing
	}
	label := map[Kind]string{Sent: "Sent", Stopped: "Stopped before the end", Failed: "Ended by an error"}[b.d.Kind]
	switch {
	case !b.sentNothing():
		return label
	case b.d.Kind == Sent:
		return "Nothing was sent"
	}
	return label + nothing
}

// headline names the sources, and where they go.
func (b *builder) headline() string {
	d := b.d
	const most = 3
	var names []string
	for _, one := range d.Sources[:min(len(d.Sources), most)] {
		names = append(names, pathText(lastOf(one)))
	}
	text := strings.Join(names, ", ")
	if more := len(d.Sources) - most; more > 0 {
		text += " and " + report.Count(more) + " more"
	}
	if text == "" {
		text = "ph2cio " + shown(d.Command, mostOfName) // such as retry, which finds by itself what to send
	}
	if d.Inspection != nil {
		return text
	}
	return text + " → Customer.io"
}

// lastOf is the last part of a path, which says most. All of a URL is needed.
func lastOf(path string) string {
	switch {
	case path == "-":
		return "standard input"
	case strings.Contains(path, "://"):
		return path
	}
	return path[strings.LastIndexAny(strings.TrimRight(path, `/\`), `/\`)+1:]
}

func (b *builder) facts() (facts []string) {
	d := b.d
	if d.To != "" {
		facts = append(facts, "to "+shown(d.To, mostOfName))
	}
	switch {
	case !d.Began.IsZero() && !d.Ended.IsZero() && d.Ended.Sub(d.Began) >= time.Minute:
		facts = append(facts, minute(d.Began)+" to "+report.TimeAfter(d.Began, d.Ended))
	case !d.Began.IsZero():
		facts = append(facts, minute(d.Began))
	}
	if times := b.timesText(); times != "" {
		facts = append(facts, times)
	}
	if d.Summary != nil && len(d.Summary.Sources) > 0 {
		facts = append(facts, report.Files(len(d.Summary.Sources)))
	}
	if d.Kind == Plan && d.Summary.Estimate > 0 {
		facts = append(facts, report.About(time.Duration(d.Summary.Estimate*float64(time.Second)))+" to send")
	}
	if d.Inspection != nil && len(d.Inspection.Files) > 0 {
		facts = append(facts, report.Files(len(d.Inspection.Files)))
	}
	return facts
}

// alerts are what keeps a run from sending, or what ended it.
func (b *builder) alerts() (all []note) {
	d := b.d
	if d.Failure != "" {
		all = append(all, note{Word: "Error", Text: message(d.Failure), Cure: message(d.Hint)})
	}
	s := d.Summary
	if s == nil {
		return all
	}
	if s.Interrupted && d.Failure == "" {
		all = append(all, note{Word: "Stopped", Text: b.stopped()})
	}
	if r := &s.Reached; (d.Kind == Stopped || d.Kind == Failed) && r.AllPeople+r.AllEvents > 0 {
		all = append(all, note{Word: "So far", Text: reachedText(r)})
	}
	if s.LiveStops {
		all = append(all, note{Word: "Blocked", Text: "A run would send nothing: " + b.live(), Cure: withFlags(terminal.LiveHint)})
	}
	for _, limit := range s.WouldStop {
		all = append(all, note{Word: "Blocked", Text: "A run would send nothing: " + message(terminal.LimitText(limit))})
	}
	if names := s.UnknownOnly; len(names) > 0 {
		all = append(all, note{Word: "Warning", Text: message(terminal.UnknownOnlyText(names))})
	}
	return all
}

func (b *builder) live() string {
	live := b.d.Summary.LiveProfiles
	text := withFlags("--existing") + " has " + report.Plural(live.Count, "anonymous profile of a visitor", "anonymous profiles of visitors") +
		" in this export, so PostHog's own destination has sent their events already and they would arrive twice."
	return text + b.named(len(live.IDs), func(i int) string { return live.IDs[i] })
}

func (b *builder) stopped() string {
	switch s := b.d.Summary; {
	case !b.d.sent():
		return "The reading was stopped, so these numbers are not complete."
	case deliver.Sum(s.Unanswered) > 0:
		return "Run the same command again to resume. What has no answer is safe to send again."
	}
	return "Every request was answered. Run the same command again to resume."
}

// reachedText says how much of a run is done, with what was sent before it was resumed.
func reachedText(r *transfer.Reached) string {
	about := ""
	if r.About {
		about = "about "
	}
	return report.Count(r.People) + " of " + report.Plural(r.AllPeople, "person", "people") + " and " +
		report.Count(r.Events) + " of " + about + report.Plural(r.AllEvents, "event", "events") + " are sent."
}

// eventCount is how many operations become events in Customer.io.
func eventCount(operations map[string]int64) int64 {
	return operations["event"] + operations["page"] + operations["screen"]
}

func (b *builder) figures() []figure {
	s := b.d.Summary
	operations, events, updates := s.Operations, "events to send", "profile updates"
	if b.d.sent() {
		operations, events, updates = s.Accepted, "events sent", "profile updates"
	}
	var kinds []string
	for _, kind := range []string{"event", "page", "screen"} {
		if n := operations[kind]; n > 0 && n < eventCount(operations) {
			kinds = append(kinds, report.Count(n)+" "+terminal.WordsFor(kind, n))
		}
	}
	all := []figure{
		{Number: report.Count(eventCount(operations)), Label: events, Note: together(strings.Join(kinds, " · "))},
		{Number: report.Count(operations["identify"]), Label: updates, Note: b.mergesNote(operations["merge"])},
		{Number: report.Count(deliver.Sum(s.Rows.Skipped)), Label: "rows left out"},
	}
	rejected := deliver.Sum(s.Rows.Rejected) + deliver.Sum(s.People.Rejected) + deliver.Sum(s.MergesRejected)
	return append(all, figure{Number: report.Count(rejected), Label: "rejected", Bad: rejected > 0, Note: b.rejectedNote()})
}

func (b *builder) mergesNote(n int64) string {
	if n == 0 {
		return ""
	}
	return "and " + report.Plural(n, "merge", "merges")
}

func (b *builder) rejectedNote() string {
	s := b.d.Summary
	people, merges := deliver.Sum(s.People.Rejected), deliver.Sum(s.MergesRejected)
	if people+merges == 0 {
		return ""
	}
	var parts []string
	for _, one := range []string{
		several(deliver.Sum(s.Rows.Rejected), "row", "rows"), several(people, "person", "people"), several(merges, "merge", "merges"),
	} {
		if one != "" {
			parts = append(parts, one)
		}
	}
	return strings.Join(parts, " · ")
}
