package mapping

import (
	"slices"

	"ph2cio/internal/expression"
	"ph2cio/internal/people"
	"ph2cio/internal/rawjson"
)

// templateNames are what templates and rules look at.
type templateNames struct {
	properties map[string]bool // of people
	all        bool            // all properties of people
	personID   bool            // PostHog's person UUID
	uuid       bool            // the event's
}

// note adds what an expression looks at.
func (n *templateNames) note(u expression.Uses) {
	n.personID, n.all = n.personID || u.PersonID, n.all || u.AllPersonProperties
	n.uuid = n.uuid || slices.Contains(u.Fields, "uuid")
	for _, name := range u.PersonProperties {
		n.properties[name] = true
	}
}

// noteTemplate adds what a template looks at.
func (n *templateNames) noteTemplate(t template) {
	for _, p := range t.Parts {
		if p.Expression != nil {
			n.note(p.Expression.Uses())
		}
	}
}

// attributesOf returns the folded properties of people.
type attributesOf interface {
	AppendAttributes(dst []byte, p *people.Person) []byte
}

// usedProperties returns the properties of people that expressions look at. Events of one person often come
// close to each other, so those of the last people are remembered.
type usedProperties struct {
	people attributesOf
	names  *templateNames

	remembered [256]remembered
	personal   []byte           // scratch: a person's properties
	found      []rawjson.Member // scratch: the members of such properties
}

// remembered are the properties of one person that expressions look at.
type remembered struct {
	person     *people.Person
	properties []byte
}

// of returns the properties of a person.
func (u *usedProperties) of(p *people.Person) []byte {
	slot := &u.remembered[p.Number%uint32(len(u.remembered))]
	if slot.person == p {
		return slot.properties
	}
	u.personal = u.people.AppendAttributes(u.personal[:0], p)
	u.found = rawjson.WalkMembers(u.found[:0], u.personal)
	gone := make([]bool, len(u.found))
	for i, member := range u.found {
		gone[i] = !u.names.all && !u.names.properties[string(nameOf(u.personal, member))]
	}
	slot.person = p
	slot.properties = appendWithout(slot.properties[:0], u.personal, u.found, gone)
	return slot.properties
}
