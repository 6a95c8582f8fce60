package mapping

import (
	"bytes"
	"fmt"
	"slices"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/redact"
)

// Mapper turns rows, people and merges into operations. It belongs to one goroutine, since it holds scratch
// memory and counts. Rules.NewMapper makes one; the zero value must not be used.
type Mapper struct {
	// ValuesCut counts the values and names that were changed or left out in all operations that were built,
	// by kind, whether the operations are sent or not.
	ValuesCut map[string]int64
	// Refused has the numbers of people who were rejected. Their events are rejected too. Nil means nobody.
	Refused map[uint32]bool

	// Unsubscribed reports whether a person, who has this email, has unsubscribed from the emails of
	// PostHog's workflows. Nil means nobody.
	Unsubscribed func(p *people.Person, email []byte) bool

	// Changes are the attributes that were renamed or left out in all operations that were built.
	Changes Changes
	// Dotted are the people's attributes with a dot in their names, in the same operations.
	Dotted Dotted
	// OptedOut reports whether the person whom Person has mapped last wants no messages according to PostHog,
	// while the operation does not say so.
	OptedOut bool

	// ActedLate are the rules of the mapping file that look at the person, that match the row that Event has
	// mapped last, and whose conditions are true, by their index in its list. It is valid until Event is called
	// again.
	ActedLate []int

	rules      *Rules
	acting     *acting // nil without rules of a mapping file
	people     People
	attributes attributes
	events     eventMapper
	persons    personMapper
	values     *computing
	hasher     hasher
	removals   removals
	dates      dateConverter
	safeName   []byte // scratch: a name without secrets
}

// People tells who is who. A *people.Directory does.
type People interface {
	// AppendAttributes appends a person's attributes as a JSON object, `{}` when there are none.
	AppendAttributes(dst []byte, p *people.Person) []byte
	// AppendRemoved appends a JSON object whose members are the attributes that a person had when an earlier
	// run sent them and has no more, `{}` when there are none. Their values mean nothing.
	AppendRemoved(dst []byte, p *people.Person) []byte
	// RemovedBefore returns what Mapper.Removals has returned for the person when an earlier run sent them;
	// empty for none.
	RemovedBefore(p *people.Person) string
	// Lookup tells who a distinct ID is, and what becomes of its rows. The person is nil unless the status is
	// people.Sent.
	Lookup(distinctID []byte) (*people.Person, people.Status)
}

// NewMapper returns a mapper of rows and people. One goroutine at a time may use it.
func (r *Rules) NewMapper(s People) *Mapper {
	m := &Mapper{ValuesCut: map[string]int64{}, rules: r, people: s}
	cleanerFor := func(l limit) cleaner { return cleaner{secrets: r.secrets, limit: l, cuts: &m.attributes.cuts} }
	m.events.init(&r.events, &m.attributes, cleanerFor(r.events.limit))
	m.persons.init(&r.persons, &m.attributes, cleanerFor(limit{customerio.MaxAttributeValue, cutString, cutValue}))
	m.values = r.newComputing(&m.events.clean)
	m.values.person.all = &usedProperties{people: s, names: &r.templates}
	if len(r.file.rules) > 0 {
		m.acting = r.file.newActing(m.values)
	}
	return m
}

// Event appends the row's operation to dst and returns the row's outcome. Unless that is Send, nothing is
// appended. person is nil if the person is not sent.
func (m *Mapper) Event(dst []byte, e *posthog.Event) (out []byte, person *people.Person, o Outcome) {
	if m.acting == nil {
		return m.event(dst, e)
	}
	out, person, o = m.event(dst, e)
	m.ActedLate = m.acting.lateOf(m.ActedLate[:0])
	if o.Bucket == Send {
		m.acting.built()
		if m.events.takesPlaces && m.events.page.madeUp && o.Action != m.rules.names.of(e.Name).outcome.Action {
			m.acting.unnamed()
		}
	}
	return out, person, o
}

func (m *Mapper) event(dst []byte, e *posthog.Event) (out []byte, person *people.Person, o Outcome) {
	var c class
	m.rules.classify(&c, e, m.acting)
	if c.Bucket != Send && c.Bucket != FeedsPerson {
		return dst, nil, c.Outcome
	}
	person, status := m.people.Lookup(e.DistinctID)
	if status != people.Sent && c.name.alias && len(e.Alias) > 0 {
		if other, s := m.people.Lookup(e.Alias); s == people.Sent {
			person, status = other, s
		}
	}
	if status != people.Sent {
		return dst, nil, withoutPerson(status, e.DistinctID)
	}
	if c.Bucket == FeedsPerson {
		return dst, person, c.Outcome
	}
	if m.acting != nil && len(m.acting.acts) > 0 {
		if m.decideLate(&c, person); c.Bucket != Send {
			return dst, person, c.Outcome
		}
	}
	if m.Refused[person.Number] {
		return dst, person, rejected(ReasonPersonRejected, "the row's person was rejected")
	}
	out, o = m.track(dst, e, &c, person)
	return out, person, o
}

// decideLate applies the rules of the mapping file that look at the person.
func (m *Mapper) decideLate(c *class, person *people.Person) {
	v, err := m.acting.decideLate(person)
	if err != nil {
		c.Outcome = rejected(ReasonExpression, err.Error())
		return
	}
	c.obey(v)
}

// withoutPerson is the outcome of a row whose person is not sent.
func withoutPerson(status people.Status, distinctID []byte) Outcome {
	switch status {
	case people.Anonymous, people.AllRejected: // each row of the latter is rejected by itself
		return skipped(ReasonAnonymous)
	case people.NoEmail:
		return skipped(ReasonNoEmail)
	case people.Illegal:
		return skipped(ReasonIllegalID)
	case people.Excluded:
		return skipped(ReasonExcluded)
	case people.Deleted:
		return skipped(ReasonDeleted)
	case people.NotNamed:
		return skipped(ReasonNotNamed)
	case people.TestAccount:
		return skipped(ReasonTestAccount)
	case people.LostEmail:
		return rejected(ReasonEmailConflict,
			fmt.Sprintf("another person has the email of person %q", ShortID(string(distinctID))))
	case people.TwoProfiles:
		return skipped(ReasonTwoProfiles)
	case people.NoIdentifier:
		return rejected(ReasonNoIdentifier,
			fmt.Sprintf("person %q has none of the identifiers of --identify-by", ShortID(string(distinctID))))
	}
	panic(fmt.Sprintf("mapping: people.Status %d has no bucket", status))
}

// track appends the operation of an event, page or screen.
func (m *Mapper) track(dst []byte, e *posthog.Event, c *class, person *people.Person) ([]byte, Outcome) {
	m.beginTemplates(e, c, person)
	who, bad := m.rules.identifier.of(person, m.values)
	if bad.Bucket == Rejected {
		return dst, bad
	}
	return m.trackAs(dst, who, e, c)
}

// beginTemplates makes the row and its person known to templates, if there are any.
func (m *Mapper) beginTemplates(e *posthog.Event, c *class, person *people.Person) {
	if len(m.rules.events.assigned) > 0 || m.rules.identifier.hasTemplate() {
		m.values.begin(e, c.at)
		m.values.of(person)
	}
}

// trackAs appends the operation of an event, page or screen for an identifier.
func (m *Mapper) trackAs(dst []byte, who customerio.Identifier, e *posthog.Event, c *class) ([]byte, Outcome) {
	m.attributes.begin()
	ruled := m.acting != nil && len(m.acting.acts) > 0
	if m.events.owned.begin(); ruled {
		m.acting.own(&m.events.owned)
	}
	m.events.append(e, c.Action)
	for i := range m.rules.events.assigned {
		a := &m.rules.events.assigned[i]
		if m.events.owned.has(a.key) {
			continue
		}
		value, ok, err := m.values.json(&a.template.Template)
		if err != nil {
			m.attributes.forget()
			return dst, a.failed("event-attribute", err)
		}
		if ok {
			m.events.appendProperty(a.key, value)
		}
	}
	var name []byte
	if ruled {
		var err error
		if name, err = m.applyRules(c.Action); err != nil {
			m.attributes.forget()
			return dst, rejected(ReasonExpression, err.Error())
		}
	} else {
		m.attributes.close()
	}
	if len(name) == 0 {
		name = m.name(c, e)
	}
	o := c.Outcome
	o.Who, o.ID, o.At = who.ToValidUTF8(), m.hasher.id(e), c.at.Seconds()
	t := customerio.Tracked{Name: name, ID: o.ID, Timestamp: o.At}
	return m.finish(dst, o, func(dst, attributes []byte) []byte {
		return customerio.AppendTracked(dst, c.Action, who, t, attributes)
	})
}

// applyRules appends the attributes that rules of the mapping file give to an event, page or screen, turns
// dates into unix seconds and closes the attributes. It returns the name that rules give; empty for none.
func (m *Mapper) applyRules(action customerio.Action) (name []byte, err error) {
	for _, i := range m.acting.acts {
		rule := &m.acting.rules[i]
		for j := range rule.attributes {
			a := &rule.attributes[j]
			if !m.events.owned.by(a.number, i) {
				continue
			}
			value, ok, err := m.acting.json(&a.value)
			if err != nil {
				return nil, err
			}
			if ok {
				m.events.appendProperty(m.rules.events.ruled[a.number], value)
			}
		}
	}
	m.attributes.close()
	m.dates.convert(&m.attributes, m.acting)
	return m.nameByRule(action)
}

// nameByRule returns the name that the last rule gives that gives one; empty for none.
func (m *Mapper) nameByRule(action customerio.Action) (name []byte, err error) {
	for _, i := range slices.Backward(m.acting.acts) {
		rule := &m.acting.rules[i]
		if rule.name == nil {
			continue
		}
		text, err := m.acting.plain(rule.name)
		if err != nil {
			return nil, err
		}
		if name := m.ruleName(text.plain, text.found, action); len(name) > 0 {
			return name, nil
		}
	}
	return nil, nil
}

// ruleName cleans the name that a rule gives.
func (m *Mapper) ruleName(text []byte, found rawjson.Flaws, action customerio.Action) []byte {
	text, more := mendedText(text)
	if text = bytes.TrimSpace(text); len(text) == 0 {
		return nil
	}
	cuts := &m.attributes.cuts
	cuts.addFlaws(found | more)
	if redact.Maybe(text) {
		if safe, hid := m.rules.secrets.Append(m.safeName[:0], text); hid {
			cuts.add(cutSecret)
			text, m.safeName = safe, safe
		}
	}
	if len(text) > customerio.MaxEventName {
		text = bytes.TrimSpace(shortened(text, customerio.MaxEventName))
		if action == customerio.Event {
			cuts.add(cutEventName)
		} else {
			cuts.add(cutPageName)
		}
	}
	return text
}

// name returns the name that an event, page or screen has without rules.
func (m *Mapper) name(c *class, e *posthog.Event) []byte {
	switch c.Action {
	case customerio.Page:
		return m.events.page.pageName(c.name.plain)
	case customerio.Screen:
		return m.events.page.screenName(c.name.plain)
	}
	if c.name.cuts.any {
		m.attributes.cuts.addAll(&c.name.cuts)
	}
	if e.NameBroken {
		m.attributes.cuts.add(cutUTF8)
	}
	return c.name.plain
}

// finish appends the operation and counts its changes. If the operation is too large it loses its largest $
// properties; if that is not enough it is rejected.
func (m *Mapper) finish(dst []byte, o Outcome, build func(dst, attributes []byte) []byte) ([]byte, Outcome) {
	out := build(dst, m.attributes.orNil())
	size := len(out) - len(dst)
	if excess := size - customerio.MaxItem; excess > 0 {
		if !m.attributes.shrink(excess) {
			m.attributes.forget()
			return dst, rejected(ReasonTooLarge,
				fmt.Sprintf("the %s has %d bytes; the limit is %d", o.Action, size, customerio.MaxItem))
		}
		out = build(dst, m.attributes.orNil())
	}
	m.attributes.cuts.moveTo(m.ValuesCut)
	m.Changes.take(m.attributes.changes, o.Action)
	m.Dotted.take(m.attributes.dotted)
	return out, o
}

// Person appends the person's identify operation. The outcome is Send, or Rejected with a reason and dst
// unchanged.
func (m *Mapper) Person(dst []byte, p *people.Person) ([]byte, Outcome) {
	m.persons.read(m.people, p)
	if len(m.rules.persons.assigned) > 0 || m.rules.identifier.hasTemplate() {
		m.values.beginPerson(p)
		m.values.person.give(m.persons.json)
	}
	who, bad := m.rules.identifier.of(p, m.values)
	if bad.Bucket == Rejected {
		return dst, bad
	}
	m.attributes.begin()
	m.persons.append(p, who, m.Unsubscribed)
	for i := range m.rules.persons.assigned {
		a := &m.rules.persons.assigned[i]
		value, ok, err := m.values.json(&a.template.Template)
		if err != nil {
			m.attributes.forget()
			return dst, a.failed("person-attribute", err)
		}
		if ok {
			m.persons.appendProperty(a.key, value, who)
		}
	}
	m.OptedOut = m.persons.optsOut && !unsubscribes(&m.attributes)
	m.attributes.close()
	m.attributes.limit(customerio.MaxAttributes, m.rules.persons.keepsAtLimit)
	o := Outcome{Action: customerio.Identify, Who: who.ToValidUTF8(), Email: m.persons.given}
	if who.Key == customerio.Email {
		o.Email = o.Who.Value
	}
	return m.finish(dst, o, func(dst, attributes []byte) []byte {
		return customerio.AppendIdentify(dst, who, attributes, m.rules.identifyTime(p))
	})
}

// Secondary returns the profile that is merged into a person's and deleted.
func Secondary(m people.Merge) customerio.Identifier {
	return customerio.Identifier{Key: customerio.Key(m.By.String()), Value: m.Value}
}

// Merge appends the operation that merges a profile into a person's. The outcome is Send, Skipped if the two
// are the same profile, or Rejected with a reason. Unless it is Send dst is returned unchanged.
func (m *Mapper) Merge(dst []byte, merge people.Merge) ([]byte, Outcome) {
	if m.Refused[merge.Person.Number] {
		return dst, rejected(ReasonPersonRejected, "the person that a profile is to be merged into was rejected")
	}
	if m.rules.identifier.hasTemplate() {
		m.values.beginPerson(merge.Person)
	}
	primary, bad := m.rules.identifier.of(merge.Person, m.values)
	if bad.Bucket == Rejected {
		return dst, bad
	}
	secondary := Secondary(merge)
	switch {
	case primary == secondary:
		return dst, skipped(ReasonSameProfile)
	case secondary.Value == "":
		return dst, rejected(ReasonNoIdentifier, "the profile to be merged has no "+string(secondary.Key))
	case len(secondary.Value) > customerio.MaxID:
		return dst, tooLong(secondary)
	}
	return customerio.AppendMerge(dst, primary, secondary), Outcome{Action: customerio.Merge, Who: primary.ToValidUTF8()}
}
