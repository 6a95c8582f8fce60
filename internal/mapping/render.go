package mapping

import (
	"strconv"

	"ph2cio/internal/expression"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// templateValues are the values of a template's placeholders.
type templateValues struct {
	event      *posthog.Event // nil for a person
	seconds    int64          // the time with which the event is sent
	person     *people.Person
	properties []byte // the person's, for fieldPersonProperty; nil if they have not been read yet
}

// templateNames are the properties that templates use.
type templateNames struct {
	properties map[string]bool // of people
	all        bool            // all properties of people
	personID   bool            // PostHog's person UUID
}

// noteUses adds what an expression uses.
func (n *templateNames) noteUses(u expression.Uses) {
	n.personID, n.all = n.personID || u.PersonID, n.all || u.AllPersonProperties
	for _, name := range u.PersonProperties {
		n.properties[name] = true
	}
}

// note adds what a template uses.
func (n *templateNames) note(t template) {
	for _, p := range t.parts {
		n.personID = n.personID || p.field == fieldPersonID
		if p.field == fieldPersonProperty {
			n.properties[p.key] = true
		}
	}
}

// attributesOf returns the folded properties of people.
type attributesOf interface {
	AppendAttributes(dst []byte, p *people.Person) []byte
}

// renderer fills in templates.
type renderer struct {
	people attributesOf
	named  map[string]bool // properties of people that templates use
	all    bool            // they use all properties
	clean  *cleaner

	remembered [256]remembered
	personal   []byte           // scratch: a person's properties
	found      []rawjson.Member // scratch: the members of such properties
	made       []byte           // scratch: by a template, as JSON
	text       []byte           // scratch: by a template, as text
	part       []byte           // scratch: by a placeholder
}

// json fills in a template and returns a JSON value. For a template that is a single placeholder the value
// keeps its type, and ok is false if there is no value. Any other template makes a string, in which missing
// values are empty. The value is valid until the next call of any method.
func (r *renderer) json(t *template, v *templateValues) (value []byte, ok bool) {
	if t.alone() {
		r.made, ok = r.appendField(r.made[:0], &t.parts[0], v)
		return r.made, ok
	}
	text, _ := r.plain(t, v)
	r.made = rawjson.AppendString(r.made[:0], text)
	return r.made, true
}

// plain fills in a template and returns plain text, valid until the next call of any method. whole is false
// if a placeholder had no value.
func (r *renderer) plain(t *template, v *templateValues) (text []byte, whole bool) {
	text, whole = r.text[:0], true
	for i := range t.parts {
		p := &t.parts[i]
		if p.field == fieldLiteral {
			text = append(text, p.literal...)
			continue
		}
		var ok bool
		if r.part, ok = r.appendField(r.part[:0], p, v); ok {
			text = r.appendPart(text, r.part)
		}
		whole = whole && ok
	}
	r.text = text
	return text, whole
}

// appendPart appends a JSON value as text: a string without its quotes and escapes, another value as it is
// written.
func (r *renderer) appendPart(dst, value []byte) []byte {
	switch value[0] {
	case '"':
		dst, _ = rawjson.AppendUnescaped(dst, value[1:len(value)-1])
		return dst
	case '{', '[':
		return r.clean.appendNested(dst, value) // secrets could not be found in text later
	}
	return append(dst, value...)
}

// appendField appends the value of a placeholder as JSON. ok is false if there is none or it is null.
func (r *renderer) appendField(dst []byte, p *part, v *templateValues) (value []byte, ok bool) {
	switch p.field {
	case fieldEvent:
		return rawjson.AppendString(dst, v.event.Name), true
	case fieldDistinctID:
		return rawjson.AppendString(dst, v.person.DistinctID), true
	case fieldRawDistinctID:
		if v.event == nil {
			return rawjson.AppendString(dst, v.person.DistinctID), true
		}
		return rawjson.AppendString(dst, v.event.DistinctID), true
	case fieldUUID:
		if v.event.UUIDText != nil {
			return rawjson.AppendString(dst, v.event.UUIDText), true
		}
		return appendKnownUUID(dst, v.event.UUID, v.event.HasUUID)
	case fieldPersonID:
		if v.person.UUID == nil {
			return appendKnownUUID(dst, rawjson.UUID{}, false)
		}
		return appendKnownUUID(dst, *v.person.UUID, true)
	case fieldTimestamp:
		return strconv.AppendInt(dst, v.seconds, 10), true
	case fieldElementsChain:
		return append(dst, v.event.ElementsChain...), v.event.ElementsChain != nil
	case fieldEventProperty:
		return appendFound(dst, v.event.Properties, v.event.Members, p.key)
	case fieldPersonProperty:
		if v.properties == nil {
			v.properties = r.propertiesOf(v.person)
		}
		r.found = rawjson.WalkMembers(r.found[:0], v.properties)
		return appendFound(dst, v.properties, r.found, p.key)
	}
	return dst, false
}

func appendKnownUUID(dst []byte, u rawjson.UUID, known bool) ([]byte, bool) {
	if !known {
		return dst, false
	}
	return append(u.Append(append(dst, '"')), '"'), true
}

// appendFound appends the value of the last member with a name. ok is false if there is none or it is null.
func appendFound(dst, object []byte, members []rawjson.Member, name string) (value []byte, ok bool) {
	found := valueOf(object, members, name)
	if found == nil || rawjson.IsNull(found) {
		return dst, false
	}
	return append(dst, found...), true
}

// propertiesOf returns the properties of a person that templates use. Events of one person often come close
// to each other, so those of the last people are cached.
func (r *renderer) propertiesOf(p *people.Person) []byte {
	slot := &r.remembered[p.Number%uint32(len(r.remembered))]
	if slot.person == p {
		return slot.properties
	}
	r.personal = r.people.AppendAttributes(r.personal[:0], p)
	r.found = rawjson.WalkMembers(r.found[:0], r.personal)
	gone := make([]bool, len(r.found))
	for i, member := range r.found {
		gone[i] = !r.all && !r.named[string(nameOf(r.personal, member))]
	}
	slot.person = p
	slot.properties = appendWithout(slot.properties[:0], r.personal, r.found, gone)
	return slot.properties
}

// remembered are the properties of one person that templates use.
type remembered struct {
	person     *people.Person
	properties []byte
}
