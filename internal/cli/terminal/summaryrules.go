package terminal

import (
	"fmt"
	"slices"
	"strings"

	"ph2cio/internal/escape"
	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
)

// rules lists the rules of the mapping file with the rows on which they acted, and warns of what does nothing if it
// is to.
func (t *summaryText) rules() {
	used := slices.Clone(t.s.Rules)
	if t.warnsOfIdle {
		used = slices.DeleteFunc(used, func(one mapping.RuleUse) bool { return one.Rows == 0 && one.Unused != mapping.UnusedUnknown })
	}
	json := jsonListsText(len(t.s.Rules), false)
	for i := range used {
		if i == maxNames {
			t.Line("", fmt.Sprintf("%s more rules (%s)", report.Count(len(used)-i), json))
			break
		}
		t.Line(firstLabel("rules", i), ruleRows(&used[i])+t.notSent(&used[i]))
	}
	if t.warnsOfIdle {
		t.idle()
	}
}

// idle warns of what does nothing in the mapping file.
func (t *summaryText) idle() {
	t.unmetFilters()
	t.unusedRules()
	t.withoutValues()
}

// notSent says how many of the rows of a rule are not sent, if that is not on purpose; empty for none.
func (t *summaryText) notSent(one *mapping.RuleUse) string {
	if t.sent || one.Built == nil || *one.Built == one.Rows {
		return ""
	}
	return ", " + report.Count(*one.Built) + " to send"
}

// warnings writes what does nothing, each on a line of its own below a heading. A single one stands alone, as
// alone says it.
func (t *summaryText) warnings(heading string, all []string, alone string) {
	switch len(all) {
	case 0:
		return
	case 1:
		t.Line("warning", t.Style.Strong(alone))
		return
	}
	t.Line("warning", t.Style.Strong(heading))
	for _, one := range all[:min(len(all), maxNames)] {
		t.detail(one)
	}
	if more := len(all) - maxNames; more > 0 {
		t.detail(fmt.Sprintf("%s more (%s)", report.Count(more), jsonListsText(len(all), false)))
	}
}

// unusedRules warns of rules that act on no row.
func (t *summaryText) unusedRules() {
	var all []string
	alone := ""
	for i := range t.s.Rules {
		if one := &t.s.Rules[i]; one.Rows == 0 && one.Unused != mapping.UnusedUnknown {
			all = append(all, RuleText(one)+": "+whyUnused(one))
			alone = "the rule in " + RuleText(one) + " acts on no row: " + whyUnused(one)
		}
	}
	t.warnings("rules that act on no row:", all, alone)
}

// withoutValues warns of expressions and dates of rules that do nothing.
func (t *summaryText) withoutValues() {
	var values, dates []string
	oneValue, oneDate := "", ""
	for i := range t.s.Rules {
		for j := range t.s.Rules[i].NoValue {
			one := &t.s.Rules[i].NoValue[j]
			if one.Key == "dates" {
				hint := datesHint(one)
				dates = append(dates, OneLine(fmt.Sprintf("line %d: %s%s", one.Line, one.Name, hint)))
				oneDate = OneLine(fmt.Sprintf("dates in line %d do nothing: no such event has %s%s", one.Line, one.Name, hint))
				continue
			}
			what, missing := valueName(one), missingText(": no such event has ", one.Missing, one.Meant)
			values = append(values, OneLine(what+missing))
			oneValue = OneLine(what + " has a value in no row" + missing)
		}
	}
	t.warnings("expressions that have a value in no row:", values, oneValue)
	t.warnings("dates that no event of the rule has:", dates, oneDate)
}

// valueName names an expression of a rule.
func valueName(one *mapping.NoValue) string {
	what := one.Name
	switch one.Key {
	case "name":
		what = "a part of the name"
	case "person", "person-once":
		what += " of the person"
	}
	return fmt.Sprintf("%s in line %d", what, one.Line)
}

// datesHint says what to write instead of a path that meets nothing; empty if that is not known.
func datesHint(one *mapping.NoValue) string {
	switch {
	case one.Meant == "":
		return ""
	case strings.Contains(one.Meant, "*"):
		return "; in a list write " + one.Meant
	}
	return "; write " + one.Meant
}

// missingText says which property is missing, and which one may be meant; empty if none is missing. before
// begins with two characters that set it off.
func missingText(before, missing, meant string) string {
	if missing == "" {
		return ""
	}
	if strings.HasPrefix(missing, "person.") {
		before = before[:2] + "no such person has "
	}
	text := before + missing
	if meant != "" {
		text += "; did you mean " + meant + "?"
	}
	return text
}

// unmetFilters warns of test-accounts whose property nobody has.
func (t *summaryText) unmetFilters() {
	var all []string
	for i := range t.s.UnmetFilters {
		all = append(all, UnmetFilterText(&t.s.UnmetFilters[i]))
	}
	t.warnings("filters of test-accounts for properties that nobody has:", all, strings.Join(all, ""))
}

// UnmetFilterText says what a filter does whose property nobody has, and how it may be meant.
func UnmetFilterText(f *mapping.UnmetFilter) string {
	nobody, leavesOut := "no event has", "no row"
	if f.Type == "person" {
		nobody, leavesOut = "nobody has", "nobody"
	}
	switch {
	case f.LeavesOutAll && f.Type == "person":
		leavesOut = "everybody"
	case f.LeavesOutAll:
		leavesOut = "every row"
	}
	text := fmt.Sprintf("the filter in line %d leaves out %s: %s the property %s", f.Line, leavesOut, nobody, f.Key)
	switch {
	case f.OtherType == "person":
		text += "; if it is a person's, add type: person"
	case f.OtherType == "event":
		text += "; events have it: write type: event"
	case f.Meant != "":
		text += "; did you mean " + escape.Quoted(f.Meant) + "?"
	}
	return OneLine(text)
}

// ruleRows says on how many rows a rule acted.
func ruleRows(one *mapping.RuleUse) string {
	return RuleText(one) + ": " + report.Plural(one.Rows, "row", "rows")
}

// RuleText names a rule by its line and its events.
func RuleText(one *mapping.RuleUse) string {
	const most = 3
	events := strings.Join(one.Events[:min(len(one.Events), most)], ", ")
	if n := len(one.Events) - most; n > 0 {
		events += fmt.Sprintf(" and %d more", n)
	}
	return OneLine(fmt.Sprintf("line %d (%s)", one.Line, events))
}

// whyUnused says why a rule may act on no row.
func whyUnused(one *mapping.RuleUse) string {
	text := ""
	switch one.Unused {
	case mapping.UnusedName:
		text = "no event has such a name"
	case mapping.UnusedLeftOut:
		text = "such events are all left out before rules act"
	case mapping.UnusedDropped:
		text = "an earlier rule leaves out all such events"
	case mapping.UnusedFailed:
		text = "its condition failed in " + report.Plural(one.Failed, "row", "rows")
	case mapping.UnusedCondition:
		return OneLine("its condition is true of none" + missingText("; no such event has ", one.Missing, one.Meant))
	default:
		text = "no event fits it"
	}
	if one.Meant != "" {
		text += "; did you mean " + escape.Quoted(one.Meant) + "?"
	}
	return text
}
