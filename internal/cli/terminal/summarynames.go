package terminal

import (
	"fmt"
	"maps"
	"strings"

	"ph2cio/internal/escape"
	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
	"ph2cio/internal/transfer"
)

// maxNames is how many names of one kind a summary lists.
const maxNames = 20

// names lists the events that are skipped as PostHog's own, and the attributes that are not sent as they are.
func (t *summaryText) names() {
	t.skippedEvents()
	t.unnamed()
	t.dotted()
	t.changed()
}

// unnamed says what to do about pages and screens without a name.
func (t *summaryText) unnamed() {
	n := t.s.ValuesCut[mapping.MadeUpNames]
	var rules []string
	for i := range t.s.Rules {
		if one := &t.s.Rules[i]; one.Unnamed > 0 {
			n -= one.Unnamed
			rules = append(rules, report.Count(one.Unnamed)+" of the rule in "+RuleText(one))
		}
	}
	if len(rules) > 0 {
		t.Line("no name", "pages or screens without a name are sent as unknown: "+
			report.FirstOf(maxNames, len(rules), jsonListsText(len(rules), false), func(i int) string { return rules[i] })+
			"; to use the names of their events, give the rule `name: '{event.event}'`")
	}
	if n > 0 {
		unnamed := report.Plural(n, "page or screen without a name is", "pages and screens without a name are")
		t.Line("no name", unnamed+" sent as unknown; to use the names of their events, add --page-name event --screen-name event")
	}
}

// valuesCut says what was changed to fit, without the names that unnamed tells.
func (t *summaryText) valuesCut() {
	cut := maps.Clone(t.s.ValuesCut)
	delete(cut, mapping.MadeUpNames)
	t.Line("changed", Reasons(cut))
}

// skippedEvents lists the skipped events whose names begin with $, and what to type to send them too.
func (t *summaryText) skippedEvents() {
	all := t.s.SkippedEvents
	yours := 0
	for yours < len(all) && all[yours].PerhapsYours {
		yours++
	}
	json := jsonListsText(len(all), t.s.SkippedEventsBeyond > 0)
	for i, e := range all[:yours] {
		if i == maxNames {
			t.Line("", fmt.Sprintf("%s more that may be yours (%s)", report.Count(yours-i), json))
			break
		}
		text := fmt.Sprintf("%s in %s is left out%s", e.Name, report.Plural(e.Rows, "row", "rows"), adviceToSend("it", &e))
		t.Line(firstLabel("yours?", i), t.Style.Strong(OneLine(text)))
	}
	known := all[yours:]
	if len(known) > 0 {
		names := report.FirstOf(maxNames, len(known), json, func(i int) string {
			return report.Count(known[i].Rows) + " " + known[i].Name
		})
		t.Line("noise", OneLine("PostHog's own events, left out: "+names+adviceToSend(known[0].Name, &known[0])))
	}
	switch n := t.s.SkippedEventsBeyond; {
	case t.asked != nil && len(all) == 0: // the row of what is left out counts them
	case n > 0 && len(all) > 0:
		t.Line("noise", report.Plural(n, "row", "rows")+" of other events whose names begin with $, left out")
	case n > 0:
		t.Line("noise", report.Plural(n, "row", "rows")+" of PostHog's own events, whose names begin with $, left out")
	}
}

// adviceToSend is what to type to send a skipped event besides all others.
func adviceToSend(it string, e *transfer.SkippedEvent) string {
	if e.Events == "" {
		return ""
	}
	return "; to send " + it + ", use --events " + escape.Shell(e.Events)
}

func firstLabel(label string, i int) string {
	if i > 0 {
		return ""
	}
	return label
}

// dotted lists the person attributes with a dot in their names, first those that Customer.io may read as a
// path into an object.
func (t *summaryText) dotted() {
	all := t.s.Dotted
	beside := 0
	for beside < len(all) && all[beside].BesideObject > 0 {
		beside++
	}
	t.Line("dots", t.Style.Red(OneLine(besideObjects(all[:beside], t.s.Beyond > 0))))
	if rest := all[beside:]; len(rest) > 0 {
		names := report.FirstOf(maxNames, len(rest), jsonListsText(len(rest), t.s.Beyond > 0), func(i int) string {
			return fmt.Sprintf("%s (%s)", rest[i].Name, report.Plural(rest[i].People, "person", "people"))
		})
		t.Line("dots", OneLine("person attributes with dots in their names: "+names+"; to replace the dots, add --dots _"))
	}
}

// besideObjects warns of attributes such as a.b next to an object a; empty for none.
func besideObjects(all []transfer.DottedAttribute, more bool) string {
	if len(all) == 0 {
		return ""
	}
	return report.FirstOf(maxNames, len(all), jsonListsText(len(all), more), func(i int) string {
		object, _, _ := strings.Cut(all[i].Name, ".")
		people := report.Plural(all[i].BesideObject, "person", "people")
		return fmt.Sprintf("%s next to an object %s (%s)", all[i].Name, object, people)
	}) + ": Customer.io may read the dot as a path into the object; to replace the dots, add --dots _"
}

// changed lists the attributes that were renamed, or dropped to fit.
func (t *summaryText) changed() {
	for _, of := range []string{"person", "event"} {
		var renamed, dropped []transfer.ChangedName
		for _, c := range t.s.Changed {
			switch {
			case c.Of != of:
			case c.Dropped == "":
				renamed = append(renamed, c)
			default:
				dropped = append(dropped, c)
			}
		}
		t.listChanged("renamed", of, renamed, func(c *transfer.ChangedName) string {
			return fmt.Sprintf("%s to %s (%s)", nameText(c.Name), c.Became, report.Plural(c.Count, "time", "times"))
		})
		t.listChanged("dropped", of, dropped, func(c *transfer.ChangedName) string {
			return fmt.Sprintf("%s (%s, %s)", nameText(c.Name), report.Plural(c.Count, "time", "times"), strings.TrimSuffix(WordsFor(c.Dropped, 1), " left out"))
		})
	}
	if n := t.s.Beyond; n > 0 {
		t.Line("", report.Plural(n, "more attribute", "more attributes")+" with other names")
	}
}

func (t *summaryText) listChanged(label, of string, all []transfer.ChangedName, show func(*transfer.ChangedName) string) {
	if len(all) > 0 {
		names := report.FirstOf(maxNames, len(all), jsonListsText(len(all), t.s.Beyond > 0), func(i int) string { return show(&all[i]) })
		t.Line(label, OneLine(of+" attributes: "+names))
	}
}
