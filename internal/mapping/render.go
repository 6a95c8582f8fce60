package mapping

import (
	"slices"
	"strconv"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// scene is what a template can speak of.
type scene struct {
	event      *posthog.Event // nil when a person is mapped
	seconds    int64          // the event's time, as it is sent
	person     *people.Person
	properties []byte // the person's, for fieldPersonProperty; nil when they have not been read yet
}

// appendAssignments appends the attributes made from templates. A template that is one placeholder alone keeps the
// value's type, and makes no attribute when there is no value; one with other text in it makes a string, with nothing in
// place of what is missing.
func (m *Mapper) appendAssignments(all []assignment, s *scene, who customerio.Identifier) {
	for i := range all {
		a := &all[i]
		var ok bool
		if m.made, ok = m.render(m.made[:0], &a.template, s); !ok {
			continue
		}
		if s.event == nil {
			m.appendPersonal(a.key, m.made, who)
		} else {
			m.appendProperty(a.key, m.made)
		}
	}
}

// render appends what a template makes, as a JSON value. ok is false when that is nothing.
func (m *Mapper) render(dst []byte, t *template, s *scene) (value []byte, ok bool) {
	if t.alone() {
		return m.appendField(dst, &t.parts[0], s)
	}
	m.text, _ = m.renderText(m.text[:0], t, s)
	return customerio.AppendString(dst, m.text), true
}

// renderText appends what a template makes, as plain text. whole is false when a placeholder had no value.
func (m *Mapper) renderText(dst []byte, t *template, s *scene) (text []byte, whole bool) {
	whole = true
	for i := range t.parts {
		p := &t.parts[i]
		if p.field == fieldLiteral {
			dst = append(dst, p.literal...)
			continue
		}
		var ok bool
		if m.part, ok = m.appendField(m.part[:0], p, s); ok {
			dst = m.appendPart(dst, m.part)
		}
		whole = whole && ok
	}
	return dst, whole
}

// appendPart appends a JSON value as text: a string without its quotes and escapes, another value as it is written.
func (m *Mapper) appendPart(dst, value []byte) []byte {
	switch value[0] {
	case '"':
		dst, _ = appendPlain(dst, value[1:len(value)-1])
		return dst
	case '{', '[':
		return m.events.appendNested(dst, value) // in a text, secrets could not be found any more
	}
	return append(dst, value...)
}

// appendField appends what a placeholder stands for, as a JSON value. ok is false when there is none; a null is none.
func (m *Mapper) appendField(dst []byte, p *part, s *scene) (value []byte, ok bool) {
	switch p.field {
	case fieldEvent:
		return customerio.AppendString(dst, s.event.Name), true
	case fieldDistinctID:
		return customerio.AppendString(dst, s.person.DistinctID), true
	case fieldRawDistinctID:
		if s.event == nil {
			return customerio.AppendString(dst, s.person.DistinctID), true
		}
		return customerio.AppendString(dst, s.event.DistinctID), true
	case fieldUUID:
		if s.event.UUIDText != nil {
			return customerio.AppendString(dst, s.event.UUIDText), true
		}
		return appendKnownUUID(dst, s.event.UUID, s.event.HasUUID)
	case fieldPersonID:
		if s.person.UUID == nil {
			return appendKnownUUID(dst, rawjson.UUID{}, false)
		}
		return appendKnownUUID(dst, *s.person.UUID, true)
	case fieldTimestamp:
		return strconv.AppendInt(dst, s.seconds, 10), true
	case fieldElementsChain:
		return append(dst, s.event.ElementsChain...), s.event.ElementsChain != nil
	case fieldEventProperty:
		return appendFound(dst, s.event.Properties, s.event.Members, p.key)
	case fieldPersonProperty:
		if s.properties == nil {
			s.properties = m.propertiesOf(s.person)
		}
		m.found = rawjson.WalkMembers(m.found[:0], s.properties)
		return appendFound(dst, s.properties, m.found, p.key)
	}
	return dst, false
}

func appendKnownUUID(dst []byte, u rawjson.UUID, known bool) ([]byte, bool) {
	if !known {
		return dst, false
	}
	return append(u.Append(append(dst, '"')), '"'), true
}

// appendFound appends the value of the last member with a name.
func appendFound(dst, object []byte, members []rawjson.Member, name string) ([]byte, bool) {
	for _, member := range slices.Backward(members) {
		if string(nameOf(object, member)) == name {
			if value := object[member.ValueStart:member.ValueEnd]; !rawjson.IsNull(value) {
				return append(dst, value...), true
			}
			break
		}
	}
	return dst, false
}

// nameOf returns a member's name without escapes.
func nameOf(object []byte, member rawjson.Member) []byte {
	name := object[member.KeyStart:member.KeyEnd]
	if member.Escaped {
		name, _ = appendPlain(nil, name)
	}
	return name
}

// propertiesOf returns those properties of a person that templates name. Events of one person mostly come close to each
// other, so the last people's are remembered.
func (m *Mapper) propertiesOf(p *people.Person) []byte {
	slot := &m.remembered[p.Number%uint32(len(m.remembered))]
	if slot.person == p {
		return slot.properties
	}
	m.personal = m.people.AppendAttributes(m.personal[:0], p)
	m.found = rawjson.WalkMembers(m.found[:0], m.personal)
	gone := make([]bool, len(m.found))
	for i, member := range m.found {
		gone[i] = !m.rules.templated[string(nameOf(m.personal, member))]
	}
	slot.person = p
	slot.properties = appendWithout(slot.properties[:0], m.personal, m.found, gone)
	return slot.properties
}

// remembered are the properties of one person that templates name.
type remembered struct {
	person     *people.Person
	properties []byte
}
