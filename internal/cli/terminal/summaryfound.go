package terminal

import "ph2cio/internal/transfer"

// BeforeSending says, before the question, who is uncertain, which rows and columns are read in an unusual
// way, which events may be left out by mistake, and what happens to person attributes.
func BeforeSending(first *transfer.FirstPass, attributes *transfer.AttributeSummary, style Style, width int) string {
	all, beyond := first.SkippedEvents()
	var perhapsYours []transfer.SkippedEvent
	for _, e := range all {
		if e.PerhapsYours && len(perhapsYours) < MaxNamed {
			perhapsYours = append(perhapsYours, e)
			continue
		}
		beyond += e.Rows
	}
	counts := first.Counts()
	t := &summaryText{Lines: Lines{Style: style, Width: width}, s: &transfer.Summary{
		AttributeSummary: *attributes, SkippedEvents: perhapsYours, SkippedEventsBeyond: beyond,
		People: transfer.PeopleSummary{Uncertain: first.Uncertain(&counts)}, Estimated: counts.Estimated,
		TimedByCreatedAt: first.TimedByCreatedAt(), TextColumns: first.TextColumns(), UnreadFields: first.UnreadFields(),
	}}
	if t.s.People.Unidentified > 0 {
		t.Line("left out", t.leftOut(""))
	}
	t.severalLogins("logins")
	t.times()
	t.columns()
	t.unread()
	t.names()
	return t.String()
}

// Idle warns, before the question, of rules and test-accounts of the mapping file that do nothing, as far as it
// is known by then.
func Idle(first *transfer.FirstPass, style Style, width int) string {
	t := &summaryText{Lines: Lines{Style: style, Width: width}, s: &transfer.Summary{Rules: first.RuleUses(), UnmetFilters: first.UnmetFilters()}}
	t.idle()
	return t.String()
}
