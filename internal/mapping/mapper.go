package mapping

import (
	"fmt"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// Mapper maps for one goroutine: it holds scratch memory and counts.
type Mapper struct {
	// ValuesCut counts what was changed to fit, by kind, in all operations that were built, whatever becomes of them.
	ValuesCut map[string]int64
	// Refused are people, by number, who were refused: their events are rejected, not built. Nil is nobody.
	Refused map[uint32]bool

	// Unsubscribed reports whether a person, with this email, has unsubscribed from the emails of PostHog's
	// workflows. Nil is nobody.
	Unsubscribed func(p *people.Person, email []byte) bool

	// Changes are the attributes that were sent under another name, or left out, in all operations that were
	// built.
	Changes Changes
	// Dotted are the people's attributes with a dot in their names, in the same operations.
	Dotted Dotted
	// OptedOut reports whether the person that Person has mapped last does not want to be written to, as
	// PostHog has it, and is sent without that.
	OptedOut bool

	rules   *Rules
	people  settled
	cuts    cuts         // of the operation under construction
	changes changes      // the same
	dotted  []dottedName // the same: a person's
	optsOut bool         // the same: a property of the person says that they do not want to be written to

	eventKeys, personKeys *keys
	events, persons       cleaner
	owners                owners
	landscape             landscape
	takesPlaces, isPage   bool
	remembered            [256]remembered

	attributes []byte // of the operation under construction: {"a":1,"b":2,
	shrunk     []byte
	personal   []byte // a person's attributes before they are mapped
	members    []rawjson.Member
	found      []rawjson.Member
	made       []byte // by a template, as JSON
	text       []byte // by a template, as text
	part       []byte // by a placeholder
	hasher     hasher
}

// settled is what a mapper asks of people.Settled.
type settled interface {
	Lookup(distinctID []byte) (*people.Person, people.Status)
	AppendAttributes(dst []byte, p *people.Person) []byte
}

// NewMapper returns a mapper over settled people.
func (r *Rules) NewMapper(s *people.Settled) *Mapper { return r.newMapper(s) }

func (r *Rules) newMapper(s settled) *Mapper {
	m := &Mapper{
		ValuesCut: map[string]int64{}, rules: r, people: s,
		eventKeys: newKeys(r.eventProperty), personKeys: newKeys(r.personProperty),
	}
	m.events = cleaner{secrets: r.secrets, limit: r.eventLimit, cuts: &m.cuts}
	m.persons = cleaner{
		secrets: r.secrets, limit: limit{customerio.MaxAttributeValue, cutString, cutValue}, cuts: &m.cuts,
	}
	return m
}

// Event appends the row's operation to dst and returns it with the row's outcome; dst comes back unchanged unless the
// outcome is Send. person is who the operation is for, nil unless the person is sent.
func (m *Mapper) Event(dst []byte, e *posthog.Event) (out []byte, person *people.Person, o Outcome) {
	c := m.rules.classify(e)
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
	if m.Refused[person.Number] {
		return dst, person, rejected(ReasonPersonRejected, "the row's person was rejected")
	}
	out, o = m.track(dst, e, &c, person)
	return out, person, o
}

// withoutPerson is the outcome of a row whose person is not sent.
func withoutPerson(status people.Status, distinctID []byte) Outcome {
	switch status {
	case people.Anonymous, people.AllRejected: // of the latter no row comes here: each is rejected by itself
		return skipped(ReasonAnonymous)
	case people.NoEmail:
		return skipped(ReasonNoEmail)
	case people.Illegal:
		return skipped(ReasonIllegalID)
	case people.Excluded:
		return skipped(ReasonExcluded)
	case people.Deleted:
		return skipped(ReasonDeleted)
	case people.NotAsked:
		return skipped(ReasonNotAsked)
	case people.LostEmail:
		return rejected(ReasonEmailConflict,
			fmt.Sprintf("another person has the email of person %q", ShortID(string(distinctID))))
	case people.TwoProfiles:
		return skipped(ReasonTwoProfiles)
	case people.NoIdentifier:
		return rejected(ReasonNoIdentifier, fmt.Sprintf("person %q has none of the identifiers of --identify-by", ShortID(string(distinctID))))
	}
	panic(fmt.Sprintf("mapping: people.Status %d has no bucket", status))
}

// track appends the operation of an event, page or screen.
func (m *Mapper) track(dst []byte, e *posthog.Event, c *class, person *people.Person) ([]byte, Outcome) {
	s := scene{event: e, seconds: c.at.Seconds(), person: person}
	who, bad := m.identifier(&s)
	if bad.Bucket == Rejected {
		return dst, bad
	}
	return m.trackAs(dst, who, &s, c)
}

// trackAs appends the operation of an event, page or screen for somebody.
func (m *Mapper) trackAs(dst []byte, who customerio.Identifier, s *scene, c *class) ([]byte, Outcome) {
	e := s.event
	m.begin(c.Action)
	m.appendProperties(e)
	m.appendElements(e)
	if m.isPage {
		m.appendPageParts()
	}
	m.appendAssignments(m.rules.eventAttributes, s, who)
	m.closeAttributes()
	name := m.name(c)
	if e.NameBroken && c.Action == customerio.Event {
		m.cuts.add(cutUTF8)
	}
	o := c.Outcome
	o.ID, o.At = m.hasher.id(e), s.seconds
	id, _ := o.ID.MarshalText()
	t := customerio.Tracked{Name: name, ID: string(id), Timestamp: s.seconds}
	return m.finish(dst, o, func(dst, attributes []byte) []byte {
		return customerio.AppendTracked(dst, c.Action, who, t, attributes)
	})
}

// forget starts an operation anew.
func (m *Mapper) forget() {
	m.cuts.forget()
	m.changes = m.changes[:0]
	m.dotted = m.dotted[:0]
}

func (m *Mapper) begin(action customerio.Action) {
	m.forget()
	m.attributes = append(m.attributes[:0], '{')
	m.isPage = action == customerio.Page
	m.takesPlaces = m.isPage || action == customerio.Screen
	if m.takesPlaces {
		m.landscape.reset()
	}
}

// name returns the name of an event, page or screen.
func (m *Mapper) name(c *class) []byte {
	switch c.Action {
	case customerio.Page:
		return m.pageName(c)
	case customerio.Screen:
		return m.screenName(c)
	}
	if c.name.cuts.any {
		m.cuts.addAll(&c.name.cuts)
	}
	return c.name.plain
}

// closeAttributes ends the object of attributes.
func (m *Mapper) closeAttributes() {
	if last := len(m.attributes) - 1; last > 0 {
		m.attributes[last] = '}' // over the comma
		return
	}
	m.attributes = append(m.attributes, '}')
}

// finish appends the operation and counts what was changed for it. One that is too large loses its largest $ properties;
// if that is not enough it is rejected.
func (m *Mapper) finish(dst []byte, o Outcome, build func(dst, attributes []byte) []byte) ([]byte, Outcome) {
	out := build(dst, m.attributesOrNil())
	size := len(out) - len(dst)
	if excess := size - customerio.MaxItem; excess > 0 {
		if !m.shrink(excess) {
			m.forget()
			return dst, rejected(ReasonTooLarge,
				fmt.Sprintf("the %s has %d bytes; the limit is %d", o.Action, size, customerio.MaxItem))
		}
		out = build(dst, m.attributesOrNil())
	}
	m.cuts.moveTo(m.ValuesCut)
	m.Changes.take(m.changes, o.Action)
	m.Dotted.take(m.dotted)
	return out, o
}

// attributesOrNil leaves out an object without attributes.
func (m *Mapper) attributesOrNil() []byte {
	if len(m.attributes) <= len(`{}`) {
		return nil
	}
	return m.attributes
}

// shrink drops the largest $ properties until excess bytes are gone. It reports whether there were enough.
func (m *Mapper) shrink(excess int) bool {
	m.members = rawjson.WalkMembers(m.members[:0], m.attributes)
	gone, n, ok := largestDollar(m.attributes, m.members, excess)
	if !ok {
		return false
	}
	m.cuts.addMany(cutLargest, n)
	for i, member := range m.members {
		if gone[i] {
			m.changes.drop(string(nameOf(m.attributes, member)), cutLargest)
		}
	}
	m.shrunk = appendWithout(m.shrunk[:0], m.attributes, m.members, gone)
	m.attributes, m.shrunk = m.shrunk, m.attributes
	return true
}

// Link appends the operation that merges a profile into a person's. The outcome is Send, Skipped where the two are one
// profile, or Rejected with a reason; dst comes back unchanged unless it is Send.
func (m *Mapper) Link(dst []byte, l people.Link) ([]byte, Outcome) {
	if m.Refused[l.Person.Number] {
		return dst, rejected(ReasonPersonRejected, "the person that a profile is to be merged into was rejected")
	}
	primary, bad := m.identifier(&scene{person: l.Person})
	if bad.Bucket == Rejected {
		return dst, bad
	}
	secondary := customerio.Identifier{Key: customerio.Key(l.By.String()), Value: l.Value}
	switch {
	case primary == secondary:
		return dst, skipped(ReasonSameProfile)
	case secondary.Value == "":
		return dst, rejected(ReasonNoIdentifier, "the profile to be merged has no "+string(secondary.Key))
	case len(secondary.Value) > customerio.MaxID:
		return dst, tooLong(secondary)
	}
	return customerio.AppendMerge(dst, primary, secondary), Outcome{Action: customerio.Merge}
}
