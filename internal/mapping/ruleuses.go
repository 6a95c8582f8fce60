package mapping

import (
	"bytes"
	"slices"
	"strings"

	"ph2cio/internal/spelling"
)

// RuleUse says on how many rows a rule of the mapping file has acted.
type RuleUse struct {
	Line   int      `json:"line"`   // of the rule in the file
	Events []string `json:"events"` // as the rule names them
	Rows   int64    `json:"rows"`   // on which it acted and that were not rejected
	// Unused says why there may be no such rows: one of the Unused constants; empty if there are some, or if
	// nothing is known.
	Unused string `json:"unused,omitempty"`
	Meant  string `json:"meant,omitempty"` // with UnusedName: an event that the rule may mean; empty for none
}

// Why a rule may have acted on no row.
const (
	UnusedName      = "no_such_event" // no event has a name that it matches
	UnusedLeftOut   = "left_out"      // all such events are left out before
	UnusedDropped   = "dropped"       // an earlier rule leaves all such events out
	UnusedCondition = "condition"     // its condition is true of none
)

// mostMeant is for how many unused rules an event is looked for that they may mean.
const mostMeant = 50

// FileRules returns the rules of the mapping file, without any rows.
func (r *Rules) FileRules() []RuleUse {
	all := make([]RuleUse, len(r.file.rules))
	for i := range all {
		all[i].Line, all[i].Events = r.file.rules[i].line, r.file.rules[i].events
	}
	return all
}

// RuleUses adds up on how many rows the rules of the mapping file have acted: those that look at the person in
// mappers, all others in classifiers. These must not be used meanwhile.
func (r *Rules) RuleUses(classifiers []*Classifier, mappers []*Mapper) []RuleUse {
	all := r.FileRules()
	unused := 0
	for i := range all {
		one, rule := &all[i], &r.file.rules[i]
		if rule.late {
			for _, m := range mappers {
				one.Rows += m.RuleRows[i]
			}
		} else {
			for _, c := range classifiers {
				one.Rows += c.RuleRows[i]
			}
		}
		if one.Rows > 0 {
			continue
		}
		if one.Unused = r.whyUnused(i); one.Unused == UnusedName && unused < mostMeant {
			one.Meant = r.names.meant(rule.events)
			unused++
		}
	}
	return all
}

// whyUnused returns why a rule may have acted on no row, by the names of events that came.
func (r *Rules) whyUnused(i int) string {
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
	case !matches && r.names.full():
		return ""
	case !matches:
		return UnusedName
	case sent && dropped:
		return UnusedDropped
	case sent && rule.when != nil:
		return UnusedCondition
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
func (n *names) meant(names []string) (meant string) {
	const longest, most = 100, 2
	best := most + 1
	for _, one := range names {
		if len(one) > longest || strings.ContainsAny(one, `*?[\`) {
			continue
		}
		one = bare(one)
		for plain := range n.came() {
			if len(plain) > longest || len(plain) == 0 {
				continue
			}
			distance := spelling.Distance(one, bare(plain))
			if distance > len(one)/4 || distance > best || distance == best && meant <= plain {
				continue
			}
			meant, best = plain, distance
		}
	}
	return meant
}

// bare returns a name in lower case without what people write between words.
func bare(name string) string {
	return strings.NewReplacer(" ", "", "_", "", "-", "", ".", "", ":", "").Replace(strings.ToLower(name))
}
