package mapping

import (
	"strconv"
	"strings"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// personProperty decides what is done with a person's property.
func (r *Rules) personProperty(name string) *key {
	k := r.personAttribute(name)
	switch {
	case !r.allPersonProperties && strings.HasPrefix(k.plain, "$"), sets(r.personAttributes, k.out):
		k.does = drops
	case (k.does == copies || k.does == dates) && k.namesSecret():
		k.does = redacts
	}
	return k
}

// personAttribute decides what is done with an attribute of a person, wherever it comes from.
func (r *Rules) personAttribute(name string) *key {
	k := r.newKey(name)
	k.optOut = k.plain == unsubscribed || k.plain == WorkflowsOptOut
	switch {
	case k.does != copies:
	case r.refuses(reservedForPersons, k.plain, k.out):
		k.cutOff(cutReserved)
	case k.out == "email":
		k.does = mails
	case r.dateAttributes.Match(k.plain):
		k.does = dates
	}
	return k
}

// Person appends the person's identify operation. The outcome is Send, or Rejected with a reason; then dst comes back
// unchanged.
func (m *Mapper) Person(dst []byte, p *people.Person) ([]byte, Outcome) {
	m.personal = m.people.AppendAttributes(m.personal[:0], p)
	s := scene{person: p, properties: m.personal}
	who, bad := m.identifier(&s)
	if bad.Bucket == Rejected {
		return dst, bad
	}
	m.forget()
	m.attributes = append(m.attributes[:0], '{')
	m.appendPerson(p, who)
	m.appendAssignments(m.rules.personAttributes, &s, who)
	m.OptedOut = m.optsOut && !m.unsubscribes()
	m.closeAttributes()
	m.limitAttributes()
	return m.finish(dst, Outcome{Action: customerio.Identify}, func(dst, attributes []byte) []byte {
		return customerio.AppendIdentify(dst, who, attributes, m.rules.identifyTime(p))
	})
}

// identifyTime is when the person's attributes were last changed, 0 to leave it out.
func (r *Rules) identifyTime(p *people.Person) int64 {
	t := posthog.Time{Micros: p.Updated * 1_000_000, State: posthog.Known}
	if !r.identifyTimestamp || !sendable(t) || t.Micros > r.span.now {
		return 0
	}
	return p.Updated
}

// appendPerson appends the person's own properties to the attributes.
func (m *Mapper) appendPerson(p *people.Person, who customerio.Identifier) {
	m.members = rawjson.WalkMembers(m.members[:0], m.personal)
	if !m.tryPerson(who) {
		m.attributes = m.attributes[:1]
		m.forget()
		m.tryPerson(who)
	}
	m.noticeDots()
	m.optsOut = m.optsOut || m.hasUnsubscribed(p)
	m.tellOptOut()
}

// tryPerson reports whether no property wanted a name that an earlier one had.
func (m *Mapper) tryPerson(who customerio.Identifier) bool {
	object := m.personal
	m.personKeys.begin()
	m.owners.reset()
	m.optsOut = false
	for _, member := range m.members {
		k := m.personKeys.of(object[member.KeyStart:member.KeyEnd], member.Escaped)
		value := object[member.ValueStart:member.ValueEnd]
		m.optsOut = m.optsOut || k.optOut && isTrue(value)
		if k.does == drops || rawjson.IsNull(value) && !m.rules.allPersonProperties {
			continue
		}
		if !m.owners.has(k, m.personKeys, object, m.members) {
			m.drop(k, cutSameName)
			continue
		}
		before := len(m.attributes)
		m.appendPersonal(k, value, who)
		if k.dotted && len(m.attributes) > before {
			m.dotted = append(m.dotted, dottedName{name: k.out})
		}
	}
	return !m.personKeys.upset
}

// appendPersonal appends one attribute of a person.
func (m *Mapper) appendPersonal(k *key, value []byte, who customerio.Identifier) {
	m.notice(k)
	start := len(m.attributes)
	m.attributes = append(m.attributes, k.encoded...)
	var ok bool
	switch k.does {
	case cutsOff:
		m.drop(k, k.why)
	case mails:
		ok = m.appendEmail(k, value, who)
	case dates:
		ok = m.appendDate(k, value)
	case redacts:
		m.attributes, ok = m.persons.appendRedacted(m.attributes, value), true
	default:
		if m.attributes, ok = m.persons.append(m.attributes, value); !ok {
			m.changes.drop(k.name, m.persons.limit.other)
		}
	}
	if !ok {
		m.attributes = m.attributes[:start]
		return
	}
	m.attributes = append(m.attributes, ',')
}

// appendEmail appends an email. A person who goes by their email does not get it again as an attribute; another one
// would rename them under the feet of their events, and is left out and counted.
func (m *Mapper) appendEmail(k *key, value []byte, who customerio.Identifier) bool {
	if rawjson.IsNull(value) {
		m.attributes = append(m.attributes, value...)
		return who.Key != customerio.Email
	}
	email, ok := m.persons.emailOf(value)
	switch {
	case !ok:
		m.drop(k, cutEmail)
		return false
	case who.Key == customerio.Email:
		if !sameEmail(email, who.Value) {
			m.drop(k, cutReserved)
		}
		return false
	}
	m.attributes = customerio.AppendString(m.attributes, email)
	return true
}

// appendDate appends a date as unix seconds. A null is not a date: it would take one away.
func (m *Mapper) appendDate(k *key, value []byte) bool {
	if rawjson.IsNull(value) {
		return false
	}
	seconds, ok := m.persons.unixSeconds(value)
	if !ok {
		m.drop(k, cutDate)
		return false
	}
	m.attributes = strconv.AppendInt(m.attributes, seconds, 10)
	return true
}

// limitAttributes drops the last attributes over 300, but first of all others than email, created_at,
// unsubscribed and those that were asked for by template.
func (m *Mapper) limitAttributes() {
	m.members = rawjson.WalkMembers(m.members[:0], m.attributes)
	excess := len(m.members) - customerio.MaxAttributes
	if excess <= 0 {
		return
	}
	m.cuts.addMany(cutAttributes, excess)
	gone := make([]bool, len(m.members))
	for i := len(m.members) - 1; i >= 0 && excess > 0; i-- {
		member := m.members[i]
		if name := m.attributes[member.KeyStart:member.KeyEnd]; !m.rules.firstOfAll(string(name)) {
			gone[i] = true
			excess--
			m.changes.drop(string(nameOf(m.attributes, member)), cutAttributes)
		}
	}
	m.shrunk = appendWithout(m.shrunk[:0], m.attributes, m.members, gone)
	m.attributes, m.shrunk = m.shrunk, m.attributes
}

// firstOfAll reports whether a person attribute, by its encoded name, is kept when there are too many.
func (r *Rules) firstOfAll(encoded string) bool {
	if encoded == "email" || encoded == "created_at" || encoded == unsubscribed {
		return true
	}
	for _, a := range r.personAttributes {
		if string(a.key.encoded) == `"`+encoded+`":` {
			return true
		}
	}
	return false
}
