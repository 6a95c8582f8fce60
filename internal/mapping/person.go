package mapping

import (
	"net/mail"
	"strconv"
	"strings"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/rawjson"
)

// personRules say which attributes a person gets.
type personRules struct {
	naming   naming
	allowed  allowed
	all      bool // also PostHog's own properties, and null values
	dates    Globs
	assigned []assignment
	ruled    map[string]bool // properties that rules of a mapping file set
}

// property returns how a person's property is treated.
func (r *personRules) property(name string) *key {
	k := r.attribute(name)
	switch {
	case !r.all && strings.HasPrefix(k.plain, "$") && !r.ruled[k.plain], sets(r.assigned, k.out):
		k.treat(drops)
	case (k.does == copies || k.does == dates) && k.namesSecret():
		k.treat(redacts)
	}
	return k
}

// attribute returns how an attribute of a person is treated, whatever it is made from.
func (r *personRules) attribute(name string) *key {
	k := r.naming.key(name)
	if k.plain == unsubscribed || k.plain == WorkflowsOptOut {
		k.setOptOut()
	}
	switch {
	case k.does != copies:
	case r.allowed.refuses(reservedForPersons, k.plain, k.out):
		k.cutOff(cutReserved)
	case k.out == "email":
		k.treat(mails)
	case r.dates.Match(k.plain):
		k.treat(dates)
	}
	return k
}

// keepsAtLimit reports whether an attribute, by its encoded name, is kept when there are too many: email,
// created_at, unsubscribed and those that a template sets.
func (r *personRules) keepsAtLimit(encoded string) bool {
	if encoded == "email" || encoded == "created_at" || encoded == unsubscribed {
		return true
	}
	for _, a := range r.assigned {
		if string(a.key.encoded) == `"`+encoded+`":` {
			return true
		}
	}
	return false
}

// sendsOptOut reports whether `unsubscribed` may be sent for those who opted out in PostHog's workflows.
func (r *personRules) sendsOptOut() bool {
	return r.allowed.has(unsubscribed) && !sets(r.assigned, unsubscribed)
}

// personMapper turns the properties of people into attributes.
type personMapper struct {
	rules *personRules
	out   *attributes
	clean cleaner

	keys    *keys
	owners  owners
	json    []byte                // the person's properties
	members []rawjson.Member      // of json
	optsOut bool                  // a property of the person says that they want no messages
	given   string                // the email among the attributes, or empty
	who     customerio.Identifier // that the person is sent under
}

// init must be called once, after the mapper has its final address.
func (m *personMapper) init(r *personRules, out *attributes, clean cleaner) {
	*m = personMapper{rules: r, out: out, clean: clean, keys: newKeys(r.property)}
}

// read reads the properties of a person, for append.
func (m *personMapper) read(from attributesOf, p *people.Person) {
	m.json = from.AppendAttributes(m.json[:0], p)
}

// append appends the attributes of a person whose properties are in json, except those from templates. who is
// the identifier of the person. unsubscribed reports who has unsubscribed from workflows; nil is nobody.
func (m *personMapper) append(p *people.Person, who customerio.Identifier, unsubscribed func(*people.Person, []byte) bool) {
	m.who = who
	m.members = rawjson.WalkMembers(m.members[:0], m.json)
	if !m.tryProperties(who) {
		m.out.begin()
		m.tryProperties(who)
	}
	besideObjects(m.out.dotted, m.json, m.members)
	m.optsOut = m.optsOut || unsubscribed != nil && unsubscribed(p, m.email())
	if m.optsOut && m.rules.sendsOptOut() {
		optOut(m.out)
	}
}

// tryProperties returns false if two properties became the same name.
func (m *personMapper) tryProperties(who customerio.Identifier) bool {
	object := m.json
	m.keys.begin()
	m.owners.reset()
	m.optsOut, m.given = false, ""
	for _, member := range m.members {
		k := m.keys.of(object[member.KeyStart:member.KeyEnd], member.Escaped)
		value := object[member.ValueStart:member.ValueEnd]
		m.optsOut = m.optsOut || k.optOut && isTrue(value)
		if k.does == drops || rawjson.IsNull(value) && !m.rules.all {
			continue
		}
		if !m.owners.has(k, m.keys, object, m.members) {
			m.out.drop(k, cutSameName)
			continue
		}
		before := len(m.out.json)
		m.appendProperty(k, value, who)
		if k.dotted && len(m.out.json) > before {
			m.out.dotted = append(m.out.dotted, dottedName{name: k.out})
		}
	}
	return !m.keys.conflict
}

// email returns the plain text of the person's email, or nil.
func (m *personMapper) email() (email []byte) {
	for _, member := range m.members {
		value := m.json[member.ValueStart:member.ValueEnd]
		if string(nameOf(m.json, member)) == "email" && value[0] == '"' {
			email, _ = rawjson.AppendUnescaped(email[:0], value[1:len(value)-1])
		}
	}
	return email
}

// appendProperty appends one attribute of a person.
func (m *personMapper) appendProperty(k *key, value []byte, who customerio.Identifier) {
	out := m.out
	out.notice(k)
	start := len(out.json)
	out.json = append(out.json, k.encoded...)
	var ok bool
	switch k.does {
	case cutsOff:
		out.drop(k, k.why)
	case mails:
		ok = m.appendEmail(k, value, who)
	case dates:
		ok = m.appendDate(k, value)
	case redacts:
		out.json, ok = m.clean.appendRedacted(out.json, value), true
	default:
		if out.json, ok = m.clean.append(out.json, value); !ok {
			out.changes.drop(k.name, m.clean.limit.other)
		}
	}
	if !ok {
		out.json = out.json[:start]
		return
	}
	out.json = append(out.json, ',')
}

// appendEmail appends an email. A person whose identifier is the email does not get it as an attribute too. A
// different email would change the identifier that their events use, so it is left out and counted.
func (m *personMapper) appendEmail(k *key, value []byte, who customerio.Identifier) bool {
	if rawjson.IsNull(value) {
		m.out.json = append(m.out.json, value...)
		return who.Key != customerio.Email
	}
	text, ok := m.clean.plain(value)
	email := string(text)
	switch {
	case !ok || !validEmail(email):
		m.out.drop(k, cutEmail)
		return false
	case who.Key == customerio.Email:
		if !sameEmail(email, who.Value) {
			m.out.drop(k, cutReserved)
		}
		return false
	}
	m.out.json = rawjson.AppendString(m.out.json, email)
	m.given = email
	return true
}

// validEmail reports whether a text is an RFC 5322 address, which is what the API accepts
// (docs.customer.io/messaging/people/reserved-attributes), and nothing else, such as a name before it.
func validEmail(text string) bool {
	parsed, err := mail.ParseAddress(text)
	return err == nil && parsed.Name == "" && parsed.Address == text && len(text) <= maxEmail
}

// maxEmail is the length of the longest valid address (RFC 5321, 4.5.3.1.3).
const maxEmail = 254

// sameEmail compares addresses as Customer.io does: the case does not matter
// (docs.customer.io/journeys/identifying-people).
func sameEmail(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// appendDate appends a date as unix seconds. A null is not a date: it would remove one.
func (m *personMapper) appendDate(k *key, value []byte) bool {
	if rawjson.IsNull(value) {
		return false
	}
	seconds, ok := unixSeconds(value, &m.clean)
	if !ok {
		m.out.drop(k, cutDate)
		return false
	}
	m.out.json = strconv.AppendInt(m.out.json, seconds, 10)
	return true
}
