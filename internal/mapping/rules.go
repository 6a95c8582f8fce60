package mapping

import (
	"strings"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/redact"
)

// Rules are checked options. New makes them; the zero value must not be used. They may be used by many
// goroutines.
type Rules struct {
	span       span  // selects events by time
	names      names // selects events by name
	holdRecent bool  // hold events younger than 72 hours

	secrets           *redact.Secrets
	events            eventRules
	persons           personRules
	identifier        identifierRules
	file              fileRules
	accounts          testAccounts
	templates         templateNames
	removesUnset      bool // attributes that a person no longer has are removed in Customer.io
	identifyTimestamp bool // identify operations have the time of the person's last change
}

// EventsWith returns the value of --events that sends events of a name in addition to all others; empty if
// the name cannot be typed.
func (r *Rules) EventsWith(name string) string { return r.names.with(name) }

// UsesPersonID reports whether a template names PostHog's person UUID.
func (r *Rules) UsesPersonID() bool { return r.templates.personID }

// Filtered reports whether any option leaves out rows permanently, whoever their people are. Holding recent
// rows does not count.
func (r *Rules) Filtered() bool {
	return len(r.names.only) > 0 && !r.names.adds() || len(r.names.skip) > 0 || r.span.bounded() ||
		r.file.drops || len(r.accounts.events) > 0
}

// KeepsDollar reports whether KeepPersonProperty keeps any key that begins with a $.
func (r *Rules) KeepsDollar() bool {
	for _, names := range []map[string]bool{r.templates.properties, r.persons.ruled} {
		for key := range names {
			if strings.HasPrefix(key, "$") {
				return true
			}
		}
	}
	return r.persons.all || r.templates.all || r.accounts.keepsDollar()
}

// KeptDollars are the keys that begin with a $ and that KeepPersonProperty keeps even if not KeepsDollar.
func KeptDollars() []string { return []string{WorkflowsOptOut} }

// KeepPersonProperty reports whether the first pass must fold a person property: because it will be sent, a
// template or an expression uses it, a rule sets it, a test-account filter compares it, or it is left out but
// counted. Of keys with a $ it keeps only KeptDollars, unless KeepsDollar.
func (r *Rules) KeepPersonProperty(key []byte) bool {
	return r.persons.all || r.templates.all || len(key) == 0 || key[0] != '$' || string(key) == WorkflowsOptOut ||
		r.templates.properties[string(key)] || r.persons.ruled[string(key)] || r.accounts.keeps(key)
}

// AddedPersonProperties reports whether rules of the mapping file set a property of people, for
// people.Options.Added. It is nil if they set none.
func (r *Rules) AddedPersonProperties() func(name string) bool {
	if len(r.persons.ruled) == 0 {
		return nil
	}
	return func(name string) bool { return r.persons.ruled[name] }
}

// HoldsRecent reports whether events younger than customerio.CampaignAge are held.
func (r *Rules) HoldsRecent() bool { return r.holdRecent }

// KnowsLive reports whether LiveSince or LiveBackfilled say what PostHog's own destination has sent.
func (r *Rules) KnowsLive() bool { return r.span.knowsLive() }

// RemovesUnset reports whether attributes that a person no longer has are removed in Customer.io.
func (r *Rules) RemovesUnset() bool { return r.removesUnset }

// RecentUntil returns from when an event with a time is not recent any more, in unix seconds.
func (r *Rules) RecentUntil(e *posthog.Event) int64 {
	at, _ := r.span.when(e)
	return (at.Micros + customerio.CampaignAge.Microseconds() + 999_999) / 1_000_000
}

// IsDue reports whether a time in unix seconds has come.
func (r *Rules) IsDue(at int64) bool { return at <= r.span.now/1_000_000 }

// class is the classification of a row without its person.
type class struct {
	Outcome
	name *name
	at   posthog.Time // of Send: the time to send it with
}

// classify finds the outcome of a row by its name and times, and by the rules of the mapping file as far as the
// row alone decides them. acting, which is nil without rules, then tells which act. c must be zero.
func (r *Rules) classify(c *class, e *posthog.Event, acting *acting) {
	n := r.names.of(e.Name)
	c.name, c.Outcome = n, n.outcome
	if n.outcome.Bucket == Send {
		r.classifyTime(c, e)
	}
	if acting == nil {
		return
	}
	acting.reset()
	if n.ruled != nil {
		r.applyRules(c, e, acting)
	}
}

// classifyTime finds the outcome by the row's times. c has that by its name.
func (r *Rules) classifyTime(c *class, e *posthog.Event) {
	at, bad := r.span.when(e)
	if r.accounts.of(e) {
		c.Outcome, c.at = skipped(ReasonTestAccount), at
		return
	}
	if bad.Bucket == Rejected {
		c.Outcome = bad
		return
	}
	c.at = at
	if reason := r.span.skips(e, at); reason != "" {
		c.Outcome = skipped(reason)
		return
	}
	c.ByCreatedAt = bad.ByCreatedAt
	if c.Recent = r.span.recent(at); c.Recent && r.holdRecent {
		c.Outcome = skipped(ReasonRecent)
	}
}

// EventName returns the outcome of an event by its name alone. Send means that it is sent unless its time or
// person prevent it.
func (r *Rules) EventName(name []byte) Outcome {
	n := r.names.of(name)
	if n.ruled != nil && n.outcome.Bucket == Send {
		return always(r.names.file, n.ruled.rules, n.outcome)
	}
	return n.outcome
}

// Renamed returns the name that the last rule of the mapping file without a condition gives to the events of a
// name, as the file has it: with braces around expressions. It is empty if none does.
func (r *Rules) Renamed(name []byte) string {
	n := r.names.of(name)
	if n.ruled == nil {
		return ""
	}
	return renamed(r.names.file, n.ruled.rules)
}

// When returns the time to send an event with. The outcome is Rejected, with a reason, when it has none.
func (r *Rules) When(e *posthog.Event) (posthog.Time, Outcome) { return r.span.when(e) }

// SentAt returns the time of When, without saying why there is none.
func (r *Rules) SentAt(e *posthog.Event) (at posthog.Time, ok bool) { return r.span.at(e) }

// EventProperty returns how an event's property of this plain name is treated: a Property constant or one of
// CutKinds.
func (r *Rules) EventProperty(name string) string { return r.events.property(name).becomes() }

// PersonProperty returns the same of a person's property.
func (r *Rules) PersonProperty(name string) string { return r.persons.property(name).becomes() }

// Remarkable reports whether a summary should mention a person's property of this plain name: its name is
// changed or has a dot, it is left out because of a limit, or it can say that somebody opted out.
func (r *Rules) Remarkable(name string) bool {
	k := r.persons.property(name)
	return k.optOut || k.does == cutsOff || k.sent() && (k.renamed || k.dotted)
}

// identifyTime returns when the person's attributes last changed, or 0 to leave the time out.
func (r *Rules) identifyTime(p *people.Person) int64 {
	t := posthog.Time{Micros: p.Updated * 1_000_000, State: posthog.Known}
	if !r.identifyTimestamp || !sendable(t) || t.Micros > r.span.now {
		return 0
	}
	return p.Updated
}
