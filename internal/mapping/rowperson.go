package mapping

import (
	"ph2cio/internal/people"
	"ph2cio/internal/rawjson"
)

// rowPerson is the person of a row, as expressions see them.
type rowPerson struct {
	people     *renderer
	person     *people.Person
	distinctID []byte
	id         []byte
	read       bool // object and members are the person's
	object     []byte
	members    []rawjson.Member
}

// set says who the person is.
func (p *rowPerson) set(people *renderer, person *people.Person) {
	p.people, p.person, p.read = people, person, false
	p.distinctID = append(p.distinctID[:0], person.DistinctID...)
}

// ID returns PostHog's person UUID as text, nil if it is not known.
func (p *rowPerson) ID() []byte {
	if p.person.UUID == nil {
		return nil
	}
	p.id = p.person.UUID.Append(p.id[:0])
	return p.id
}

// DistinctID returns the ID that the person is sent under.
func (p *rowPerson) DistinctID() []byte { return p.distinctID }

// Properties returns those of the person's properties that expressions and templates use.
func (p *rowPerson) Properties() (object []byte, members []rawjson.Member) {
	if !p.read {
		p.object, p.read = p.people.propertiesOf(p.person), true
		p.members = rawjson.WalkMembers(p.members[:0], p.object)
	}
	return p.object, p.members
}
