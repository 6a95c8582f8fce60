package mapping

import (
	"bytes"
	"slices"
	"strings"
)

// RuleUse says on how many rows a rule of the mapping file has acted.
type RuleUse struct {
	Line   int      `json:"line"`   // of the rule in the file
	Events []string `json:"events"` // as the rule names them
	Rows   int64    `json:"rows"`   // that it matches and for which its condition is true, whatever becomes of them
	// Built are those of Rows of which an event, page or screen was built; nil for a rule that says nothing
	// about these. Of a run that was resumed, rows that were sent before are not among them.
	Built   *int64 `json:"built,omitempty"`
	Unnamed int64  `json:"unnamed,omitempty"` // of Built, pages and screens that it makes and that have no name
	// Unused says why there may be no Rows: one of the Unused constants; empty if there are some, or if nothing
	// is known.
	Unused string `json:"unused,omitempty"`
	Failed int64  `json:"failed,omitempty"` // rows in which its condition failed
	// Missing is, with UnusedCondition, a property that the condition names and that none of the rows has.
	Missing string `json:"missing,omitempty"`
	// Meant is what the rule may mean: with UnusedName an event, with Missing a property; empty for none.
	Meant string `json:"meant,omitempty"`
	// NoValue are its expressions that were computed and that had a value in no row, and its dates that met
	// nothing in any row.
	NoValue []NoValue `json:"no_value,omitempty"`
}

// Why a rule may have acted on no row.
const (
	UnusedName      = "no_such_event"    // no event has a name that it matches
	UnusedLeftOut   = "left_out"         // all such events are left out before
	UnusedDropped   = "dropped"          // an earlier rule leaves all such events out
	UnusedCondition = "condition"        // its condition is true of none
	UnusedFailed    = "condition_failed" // its condition is true of none and failed in some
)

// mostMeant is for how many rules that act on no row an event is looked for that they may mean.
const mostMeant = 50

// FileRules returns the rules of the mapping file, without any rows.
func (r *Rules) FileRules() []RuleUse {
	all := make([]RuleUse, len(r.file.rules))
	for i := range all {
		all[i].Line, all[i].Events = r.file.rules[i].line, r.file.rules[i].events
	}
	return all
}

// RuleUses adds up what the rules of the mapping file have done to rows: in mappers what needs the person or is
// sent, in classifiers all else. These must not be used meanwhile.
func (r *Rules) RuleUses(classifiers []*Classifier, mappers []*Mapper) []RuleUse {
	all := r.FileRules()
	if len(all) == 0 {
		return all
	}
	early, late := r.file.newTally(), r.file.newTally()
	for _, c := range classifiers {
		early.add(c.acting.tally)
	}
	for _, m := range mappers {
		late.add(m.acting.tally)
	}
	unused := 0
	for i := range all {
		one, rule, counted := &all[i], &r.file.rules[i], early
		if rule.late {
			counted = late
		}
		if one.Rows, one.Failed, one.Unnamed = counted.matched[i], counted.failed[i], late.unnamed[i]; rule.builds() {
			one.Built = &late.built[i]
		}
		if one.Rows > 0 {
			continue
		}
		if one.Unused = r.whyUnused(i, counted); one.Unused == UnusedName && unused < mostMeant {
			one.Meant = r.names.meant(rule.events)
			unused++
		}
		if one.Unused == UnusedCondition {
			one.Missing, one.Meant = counted.missing(rule.whenNumber)
		}
	}
	for i := range r.file.expressions {
		place, counted := &r.file.expressions[i], early
		if place.late {
			counted = late
		}
		if found := counted.noValue(i); found != nil {
			all[place.rule].NoValue = append(all[place.rule].NoValue, *found)
		}
	}
	for i, of := range r.file.paths {
		if found := late.pathsUsed[i].noValue(of.path); found != nil {
			all[of.rule].NoValue = append(all[of.rule].NoValue, *found)
		}
	}
	return all
}

// EarlyRuleUses is RuleUses before anything is mapped: it has the rules that do not look at the person, with
// what is known of them by then. Built is 0.
func (r *Rules) EarlyRuleUses(classifiers []*Classifier) (early []RuleUse) {
	for i, one := range r.RuleUses(classifiers, nil) {
		if !r.file.rules[i].late {
			early = append(early, one)
		}
	}
	return early
}

// whyUnused returns why a rule may have acted on no row, by the names of events that came and by what was
// counted.
func (r *Rules) whyUnused(i int, counted *tally) string {
	rule := &r.file.rules[i]
	matches, sent, dropped := false, false, true
	for plain, decided := range r.names.came() {
		if !rule.events.Match(plain) {
			continue
		}
		matches = true
		sent = sent || decided.outcome.Bucket == Send
		dropped = dropped && slices.ContainsFunc(r.file.rules[:i], func(earlier fileRule) bool {
			return earlier.drop && earlier.when == nil && earlier.events.Match(plain)
		})
	}
	switch {
	case counted.failed[i] > 0:
		return UnusedFailed
	case rule.when != nil && counted.computed[rule.whenNumber].missing > 0:
		return UnusedCondition
	case !matches && r.names.full():
		return ""
	case !matches:
		return UnusedName
	case sent && dropped:
		return UnusedDropped
	}
	return UnusedLeftOut
}

// full reports whether there may be names that are not remembered.
func (n *names) full() bool {
	known := n.known.Load()
	return known != nil && len(*known) >= maxNames
}

// came yields the names of events that came, as they would be sent, and what was decided about them.
func (n *names) came() func(yield func(plain string, decided *name) bool) {
	return func(yield func(string, *name) bool) {
		known := n.known.Load()
		if known == nil {
			return
		}
		for text, decided := range *known {
			mended, _ := mendedText([]byte(text))
			if !yield(string(bytes.TrimSpace(mended)), decided) {
				return
			}
		}
	}
}

// meant returns the name of an event that came and that is probably meant by one of several names; empty if
// there is none.
func (n *names) meant(names []string) string {
	var found nearest
	for _, one := range names {
		if strings.ContainsAny(one, `*?[\`) {
			continue
		}
		found.look(one, func(yield func(string) bool) {
			for plain := range n.came() {
				if !yield(plain) {
					return
				}
			}
		})
	}
	return found.name
}
