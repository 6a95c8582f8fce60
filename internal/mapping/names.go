package mapping

import (
	"bytes"
	"encoding/csv"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"ph2cio/internal/customerio"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/redact"
)

// name is what follows from an event's name alone.
type name struct {
	outcome Outcome
	alias   bool       // of FeedsPerson: the row names a second ID
	plain   []byte     // of an event, page or screen: the event's name in Customer.io
	cuts    cuts       // made to get that
	ruled   *ruledName // nil without rules of a mapping file
}

// names classifies events by name and remembers the result for each name. It may be used by many goroutines.
type names struct {
	only, skip Globs
	secrets    *redact.Secrets
	file       []fileRule // of the mapping file

	lock   sync.Mutex // held to add one
	known  atomic.Pointer[map[string]*name]
	forgot atomic.Bool // names came that are not among known
}

// Limits of the memory: in an export where names contain IDs nearly every name is new.
const (
	maxNames      = 2048
	maxNameLength = 1024
)

// of returns what follows from an event's name.
func (n *names) of(text []byte) *name {
	if known := n.known.Load(); known != nil {
		if found := (*known)[string(text)]; found != nil {
			return found
		}
	}
	return n.add(string(text))
}

// add decides about a name and remembers the result, unless there are too many names.
func (n *names) add(text string) *name {
	decided := n.decide(text)
	if len(text) > maxNameLength {
		n.forgot.Store(true)
		return decided
	}
	n.lock.Lock()
	defer n.lock.Unlock()
	known := map[string]*name{}
	if old := n.known.Load(); old != nil {
		if len(*old) >= maxNames {
			n.forgot.Store(true)
			return decided
		}
		known = maps.Clone(*old)
	}
	known[text] = decided
	n.known.Store(&known)
	return decided
}

// decide classifies a name as it will be sent, and finds the rules of the mapping file that may act. The API
// trims names too (docs.customer.io/journeys/invalid-api-requests).
func (n *names) decide(text string) *name {
	mended, found := mendedText([]byte(text))
	plain := bytes.TrimSpace(mended)
	if len(n.file) == 0 {
		return n.decidePlain(plain, found, false)
	}
	rules := matching(n.file, string(plain))
	byRule := sendsNoise(n.file, rules, string(plain)) && n.isNoise(plain) && (len(n.only) == 0 || n.adds())
	decided := n.decidePlain(plain, found, byRule)
	switch {
	case decided.outcome.Bucket == Rejected || decided.outcome.Reason == ReasonGroup:
		return decided
	case decided.outcome.Bucket != Send && posthog.WithoutPerson(plain):
		return decided
	case decided.outcome.Bucket != Send:
		rules = forPeople(n.file, rules)
	}
	if len(rules) > 0 {
		changes := slices.ContainsFunc(rules, func(i int) bool { return n.file[i].changesPerson() })
		decided.ruled = &ruledName{rules: rules, noise: byRule, changes: changes && !posthog.WithoutPerson(plain)}
	}
	return decided
}

// decidePlain classifies a name by the flags. byRule says that a rule may send what is noise otherwise.
func (n *names) decidePlain(plain []byte, found rawjson.Flaws, byRule bool) *name {
	switch string(plain) {
	case "$groupidentify":
		return &name{outcome: skipped(ReasonGroup)}
	case "$identify", "$set", "$unset", "$delete_person_property":
		return &name{outcome: Outcome{Bucket: FeedsPerson}}
	case "$create_alias", "$merge_dangerously":
		return &name{outcome: Outcome{Bucket: FeedsPerson}, alias: true}
	}
	if reason := n.skips(plain); reason != "" && !(byRule && reason == ReasonNoise) {
		return &name{outcome: skipped(reason)}
	}
	switch string(plain) {
	case "$pageview":
		return &name{outcome: Outcome{Action: customerio.Page}, plain: plain}
	case "$screen":
		return &name{outcome: Outcome{Action: customerio.Screen}, plain: plain}
	case "":
		return &name{outcome: rejected(ReasonNoName, "the event has no name")}
	}
	return n.eventNamed(plain, found)
}

// skips returns the reason why events of a name are left out, or "".
func (n *names) skips(plain []byte) string {
	named := n.only.Match(string(plain))
	switch {
	case n.skip.Match(string(plain)):
		return ReasonFiltered
	case n.isNoise(plain):
		return ReasonNoise
	case len(n.only) > 0 && !named && !n.adds():
		return ReasonFiltered
	}
	return ""
}

// isNoise reports whether a name is that of an event of PostHog's own that is sent only if --events names it.
func (n *names) isNoise(plain []byte) bool {
	return !n.only.Match(string(plain)) && posthog.OwnEvent(plain) && !slices.Contains(viewed, string(plain))
}

// viewed are the names with a $ of events that are sent unless --events leaves them out.
var viewed = []string{"$pageview", "$screen"}

// customers matches all names without a $ at the beginning.
const customers = "[^$]*"

// adds reports whether --events contains all that is sent without the flag, and so only adds names with a $.
func (n *names) adds() bool {
	all := slices.Contains(n.only, customers) || slices.Contains(n.only, "*")
	return all && n.only.Match(viewed[0]) && n.only.Match(viewed[1])
}

// with returns the value of --events that sends events of a name in addition to all others; empty if the name
// cannot be typed.
func (n *names) with(name string) string {
	name = strings.TrimSpace(name)
	if name == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return ""
	}
	all := slices.Clone(n.only)
	if len(all) == 0 {
		all = append(Globs{customers}, viewed...)
	}
	all = append(all, strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name))
	var line strings.Builder
	w := csv.NewWriter(&line)
	_ = w.Write(all) // into memory
	w.Flush()
	return strings.TrimSuffix(line.String(), "\n")
}

// eventNamed shortens a name to the limit, and removes secrets from URLs in it.
func (n *names) eventNamed(plain []byte, found rawjson.Flaws) *name {
	e := &name{outcome: Outcome{Action: customerio.Event}, plain: plain}
	e.cuts.addFlaws(found)
	if redact.Maybe(plain) {
		if safe, hid := n.secrets.Append(nil, plain); hid {
			e.plain = safe
			e.cuts.add(cutSecret)
		}
	}
	if len(e.plain) > customerio.MaxEventName {
		e.plain = bytes.TrimSpace(shortened(e.plain, customerio.MaxEventName))
		e.cuts.add(cutEventName)
	}
	return e
}
