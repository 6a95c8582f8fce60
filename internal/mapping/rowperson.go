package mapping

import (
	"ph2cio/internal/people"
	"ph2cio/internal/rawjson"
)

// rowPerson is the person of a row, as expressions see them.
type rowPerson struct {
	all        *usedProperties
	person     *people.Person
	distinctID []byte
	id         []byte
	read       bool // object and members are the person's
	object     []byte
	members    []rawjson.Member
}

// set says who the person is.
func (p *rowPerson) set(person *people.Person) {
	p.person, p.read = person, false
	p.distinctID = append(p.distinctID[:0], person.DistinctID...)
}

// give says what properties the person has, so that they need not be read.
func (p *rowPerson) give(object []byte) {
	p.object, p.read = object, true
	p.members = rawjson.WalkMembers(p.members[:0], object)
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

// Properties returns those of the person's properties that expressions use.
func (p *rowPerson) Properties() (object []byte, members []rawjson.Member) {
	if !p.read {
		p.give(p.all.of(p.person))
	}
	return p.object, p.members
}
