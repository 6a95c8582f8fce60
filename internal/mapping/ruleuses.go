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
	UnusedUnknown   = "unknown"          // not all rows were looked at that it may act on
)

// FileRules returns the rules of the mapping file, without any rows.
func (r *Rules) FileRules() []RuleUse {
	all := make([]RuleUse, len(r.file.rules))
	for i := range all {
		all[i].Line, all[i].Events = r.file.rules[i].line, r.file.rules[i].events
	}
	return all
}

// RuleUses adds up what the rules of the mapping file have done to rows: in mappers what needs the person or is
// sent, in classifiers all else. These must not be used meanwhile. personal are the names of properties that
// people may have. whole says that the mappers had all rows to send of the export: those that an earlier run has
// sent may have what is missing in the others.
func (r *Rules) RuleUses(classifiers []*Classifier, mappers []*Mapper, personal []string, whole bool) []RuleUse {
	all := r.FileRules()
	if len(all) == 0 {
		return all
	}
	passes := bothPasses{newTotals(&r.file, personal), newTotals(&r.file, personal)}
	for _, c := range classifiers {
		passes.early.add(c.acting.tally)
	}
	for _, m := range mappers {
		passes.late.add(m.acting.tally)
	}
	for i := range all {
		r.addRows(&all[i], i, &passes)
		if r.file.rules[i].late && !whole {
			all[i].knowNothing()
		}
	}
	for i, of := range r.file.expressions {
		if of.late && !whole {
			continue
		}
		if found := passes.of(of.late).noValue(i); found != nil {
			all[of.rule].NoValue = append(all[of.rule].NoValue, *found)
		}
	}
	for i, of := range r.file.paths {
		if !whole {
			break
		}
		if found := passes.late.pathsUsed[i].noValue(of.path); found != nil {
			all[of.rule].NoValue = append(all[of.rule].NoValue, *found)
		}
	}
	return all
}

// knowNothing takes back why the rule may have acted on no row.
func (u *RuleUse) knowNothing() {
	if u.Rows == 0 {
		u.Unused, u.Missing, u.Meant = UnusedUnknown, "", ""
	}
}

// bothPasses is what was counted in the first and in the second pass.
type bothPasses struct{ early, late *totals }

// of returns what was counted where something is decided.
func (p *bothPasses) of(late bool) *totals {
	if late {
		return p.late
	}
	return p.early
}

// addRows adds on how many rows a rule has acted, or why on none.
func (r *Rules) addRows(to *RuleUse, i int, passes *bothPasses) {
	rule := &r.file.rules[i]
	counted := passes.of(rule.late)
	to.Rows, to.Failed, to.Unnamed = counted.matched[i], counted.failed[i], passes.late.unnamed[i]
	if rule.builds() {
		to.Built = &passes.late.built[i]
	}
	if to.Rows > 0 {
		return
	}
	to.Unused = r.whyUnused(i, counted, passes.early.awaited[i])
	switch {
	case to.Unused == UnusedCondition:
		to.Missing, to.Meant = counted.missing(rule.whenNumber)
	case to.Unused == UnusedName && counted.mayLook():
		to.Meant = r.names.meant(rule.events)
	}
}

// EarlyRuleUses is RuleUses before anything is mapped: it has the rules that do not look at the person, with
// what is known of them by then. Built is 0.
func (r *Rules) EarlyRuleUses(classifiers []*Classifier) (early []RuleUse) {
	for i, one := range r.RuleUses(classifiers, nil, nil, false) {
		if !r.file.rules[i].late {
			early = append(early, one)
		}
	}
	return early
}

// whyUnused returns why a rule may have acted on no row, by the names of events that came and by what was
// counted. awaited are the rows on which it may act once the person is known: they may be held, or of people who
// are not sent, or an earlier rule that looks at the person leaves them out.
func (r *Rules) whyUnused(i int, counted *totals, awaited int64) string {
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
	case awaited > 0:
		return UnusedUnknown
	case !matches && r.names.forgot.Load():
		return ""
	case !matches:
		return UnusedName
	case sent && dropped:
		return UnusedDropped
	}
	return UnusedLeftOut
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
