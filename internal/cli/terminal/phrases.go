package terminal

import (
	"fmt"

	"ph2cio/internal/inspect"
	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer"
)

// FixFor says what sends a row that is left out or rejected for a reason; empty for a reason with which
// nothing can be done.
func FixFor(reason string) string {
	if words, ok := leftOutWords[reason]; ok {
		return words.fix
	}
	return CureFor(reason)
}

// ChangeFix says what to do about a kind of change that makes values fit; empty where nothing helps.
func ChangeFix(kind string) string { return changedWords[kind].fix }

// RefusedLinks counts the links between IDs that were not followed by the codes that WordsFor says.
func RefusedLinks(alreadyIdentified, personsExport, refusedShares int64) map[string]int64 {
	return map[string]int64{linkIdentified: alreadyIdentified, linkExported: personsExport, linkPersonID: refusedShares}
}

// WhyUnused says why a rule acts on no row; empty for a rule that does, or of which it is not known.
func WhyUnused(rule *mapping.RuleUse) string {
	if rule.Rows > 0 || rule.Unused == mapping.UnusedUnknown {
		return ""
	}
	return whyUnused(rule)
}

// NoValueText says which expression or date of a rule does nothing.
func NoValueText(one *mapping.NoValue) string {
	if one.Key == "dates" {
		return OneLine(fmt.Sprintf("dates in line %d do nothing: no such event has %s%s", one.Line, one.Name, datesHint(one)))
	}
	return OneLine(valueName(one) + " has a value in no row" + missingText(": no such event has ", one.Missing, one.Meant))
}

// SentAs says what the rows of an event become, or why they are not sent.
func SentAs(event *inspect.Event) string {
	text := (&inspectText{}).sentAs(event.Name, event.Treated, event.Rows)
	return text + renamedText(event.Renamed)
}

// PropertySent says whether a property is sent.
func PropertySent(p *inspect.Property) string {
	if p.AlwaysNull() {
		return (&inspectText{}).treatedNull(p.Treated)
	}
	return (&inspectText{}).treated(p.Treated)
}

// OverwritesOf says how many profiles may lose newer values in a run, or may have lost them; empty for none.
func OverwritesOf(s *transfer.Summary, sent bool) string {
	return (&summaryText{s: s, sent: sent}).overwrites()
}
