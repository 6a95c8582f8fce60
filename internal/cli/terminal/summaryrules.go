package terminal

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ph2cio/internal/escape"
	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
)

// rules lists the rules of the mapping file with the rows on which they acted. Before anything is sent it warns
// of those that acted on none: what a rule is for may be missing in an export of one night.
func (t *summaryText) rules() {
	used := slices.Clone(t.s.Rules)
	if !t.sent {
		used = slices.DeleteFunc(used, func(one mapping.RuleUse) bool { return one.Rows == 0 })
	}
	json := jsonListsText(len(t.s.Rules), false)
	for i := range used {
		if i == maxNames {
			t.Line("", fmt.Sprintf("%s more rules (%s)", report.Count(len(used)-i), json))
			break
		}
		t.Line(firstLabel("rules", i), ruleRows(&used[i]))
	}
	if t.sent {
		return
	}
	unused := 0
	for i := range t.s.Rules {
		if t.s.Rules[i].Rows > 0 {
			continue
		}
		if unused++; unused <= maxNames {
			t.Line("warning", t.Style.Yellow(unusedRule(&t.s.Rules[i])))
		}
	}
	if unused > maxNames {
		t.Line("", fmt.Sprintf("%s more rules act on no row (%s)", report.Count(unused-maxNames), json))
	}
}

// ruleRows says on how many rows a rule acted.
func ruleRows(one *mapping.RuleUse) string {
	return ruleText(one) + ": " + report.Plural(one.Rows, "row", "rows")
}

// ruleText names a rule by its line and its events.
func ruleText(one *mapping.RuleUse) string {
	const most = 3
	events := strings.Join(one.Events[:min(len(one.Events), most)], ", ")
	if n := len(one.Events) - most; n > 0 {
		events += fmt.Sprintf(" and %d more", n)
	}
	return OneLine(fmt.Sprintf("line %d (%s)", one.Line, events))
}

// unusedRule says that a rule acts on no row, and why that may be.
func unusedRule(one *mapping.RuleUse) string {
	why := map[string]string{
		mapping.UnusedName: "no event has such a name", mapping.UnusedLeftOut: "such events are all left out before rules act",
		mapping.UnusedDropped: "an earlier rule leaves out all such events", mapping.UnusedCondition: "its condition is true of none",
	}[one.Unused]
	text := "the rule in " + ruleText(one) + " acts on no row: " + cmp.Or(why, "no event fits it")
	if one.Meant != "" {
		text += "; did you mean " + escape.Quoted(one.Meant) + "?"
	}
	return text
}
