package workspace

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"ph2cio/internal/sandbox/trackapi"
)

// directory finds the people and the objects of a workspace by what names them, and counts them.
type directory struct {
	counts  *Counts
	serial  int                             // of the newest profile or object
	people  map[trackapi.Identifier]*person // by every folded identifier they have, cio_id among them
	objects map[trackapi.ObjectRef]*object  // by type and ID, and by cio_object_id
}

func newDirectory() directory {
	return directory{counts: newCounts(), people: map[trackapi.Identifier]*person{}, objects: map[trackapi.ObjectRef]*object{}}
}

// find returns the person with an identifier, nil when there is none.
func (d *directory) find(who trackapi.Identifier) *person { return d.people[who.Folded()] }

// findOrCreate returns the person whom an operation is about, nil when a cio_id leads nowhere.
func (d *directory) findOrCreate(who trackapi.Identifier, now time.Time) *person {
	if p := d.find(who); p != nil {
		return p
	}
	if who.Key == "cio_id" {
		return nil
	}
	return d.create(who, now)
}

// create adds a person under an identifier.
func (d *directory) create(who trackapi.Identifier, now time.Time) *person {
	d.serial++
	p := newPerson(d.serial, now)
	d.people[p.cio()] = p
	d.name(p, who)
	d.counts.PeopleCreated++
	d.counts.People++
	return p
}

// name gives a person an identifier, in place of an older one of its kind.
func (d *directory) name(p *person, who trackapi.Identifier) {
	if old, ok := p.names[who.Key]; ok {
		delete(d.people, trackapi.Identifier{Key: who.Key, Value: old}.Folded())
	}
	p.names[who.Key] = who.Value
	d.people[who.Folded()] = p
}

// unname takes an identifier from a person.
func (d *directory) unname(p *person, key string) {
	delete(d.people, trackapi.Identifier{Key: key, Value: p.names[key]}.Folded())
	delete(p.names, key)
}

// remove deletes a person. The identifiers are free afterwards.
func (d *directory) remove(p *person) {
	for key, value := range p.names {
		delete(d.people, trackapi.Identifier{Key: key, Value: value}.Folded())
	}
	delete(d.people, p.cio())
	p.leave()
	d.counts.People--
}

// everybody returns the people in order of their creation.
func (d *directory) everybody() []*person {
	var all []*person
	for key, p := range d.people {
		if key.Key == "cio_id" {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *person) int { return cmp.Compare(a.serial, b.serial) })
	return all
}

func (d *directory) createObject(ref trackapi.ObjectRef) *object {
	d.serial++
	o := &object{serial: d.serial, cioID: fmt.Sprintf("ob%06x", d.serial), ref: ref, attributes: map[string]string{}}
	d.objects[ref] = o
	d.objects[trackapi.ObjectRef{CioID: o.cioID}] = o
	d.counts.ObjectsCreated++
	d.counts.Objects++
	return o
}

// removeObject deletes an object, and everybody's relationship to it.
func (d *directory) removeObject(o *object) {
	delete(d.objects, o.ref)
	delete(d.objects, trackapi.ObjectRef{CioID: o.cioID})
	d.counts.Objects--
	for _, p := range d.people {
		delete(p.relations, o)
	}
}

// everything returns the objects in order of their creation.
func (d *directory) everything() []*object {
	var all []*object
	for key, o := range d.objects {
		if key.CioID != "" {
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b *object) int { return cmp.Compare(a.serial, b.serial) })
	return all
}
