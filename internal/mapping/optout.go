package mapping

import (
	"bytes"
	"strconv"

	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

const (
	// unsubscribed is Customer.io's attribute of somebody who wants no messages (Track API reference).
	unsubscribed = "unsubscribed"
	// WorkflowsOptOut is a person property of the same meaning, named as the event of PostHog's workflows.
	WorkflowsOptOut = posthog.Unsubscribed
)

// isTrue reports whether a JSON value says yes, in any spelling that Customer.io knows: true and 1, as text
// too and in any case (Track API reference, unsubscribed).
func isTrue(value []byte) bool {
	if value[0] == '"' {
		text, _ := appendPlain(nil, value[1:len(value)-1])
		value = bytes.TrimSpace(text)
	}
	if bytes.EqualFold(value, []byte("true")) {
		return true
	}
	number, err := strconv.ParseFloat(string(value), 64)
	return err == nil && number == 1
}

// hasUnsubscribed reports whether PostHog's workflows say that a person has unsubscribed.
func (m *Mapper) hasUnsubscribed(p *people.Person) bool {
	if m.Unsubscribed == nil {
		return false
	}
	var email []byte
	for _, member := range m.members {
		value := m.personal[member.ValueStart:member.ValueEnd]
		if string(nameOf(m.personal, member)) == "email" && value[0] == '"' {
			email, _ = appendPlain(email[:0], value[1:len(value)-1])
		}
	}
	return m.Unsubscribed(p, email)
}

// unsubscribes reports whether the attributes under construction say that the person wants no messages.
func (m *Mapper) unsubscribes() bool {
	m.members = rawjson.WalkMembers(m.members[:0], m.attributes)
	for _, member := range m.members {
		if string(nameOf(m.attributes, member)) == unsubscribed {
			return isTrue(m.attributes[member.ValueStart:member.ValueEnd])
		}
	}
	return false
}

// tellOptOut makes sure that a person who opted out in PostHog's workflows has `unsubscribed`, where that is
// allowed.
func (m *Mapper) tellOptOut() {
	r := m.rules
	allowed := r.allowed.has(unsubscribed) && !sets(r.personAttributes, unsubscribed)
	if !m.optsOut || !allowed || m.unsubscribes() {
		return
	}
	gone := make([]bool, len(m.members))
	for i, member := range m.members {
		gone[i] = string(nameOf(m.attributes, member)) == unsubscribed
	}
	m.shrunk = appendWithout(m.shrunk[:0], m.attributes, m.members, gone)
	m.attributes, m.shrunk = m.shrunk[:len(m.shrunk)-len("}")], m.attributes
	if len(m.attributes) > len("{") {
		m.attributes = append(m.attributes, ',')
	}
	m.attributes = append(m.attributes, `"`+unsubscribed+`":true,`...)
}
