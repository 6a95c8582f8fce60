package sandbox

import (
	"fmt"
	"time"
)

// person is one profile.
type person struct {
	serial     int // order of creation: the older profile has the smaller
	cioID      string
	names      map[string]string // id, email, phone, as given
	attributes map[string]stored
	edited     time.Time // newest time of any attribute
	created    time.Time
	relations  map[*object]map[string]string
	devices    map[string]string // platform by token
	optedOut   bool

	gone     bool // deleted, suppressed or merged away
	into     *person
	mergedAt time.Time
}

// stored is an attribute's JSON and when it was set.
type stored struct {
	json string
	set  time.Time
}

// find returns the person with an identifier, nil when there is none.
func (w *workspace) find(who identifier) *person { return w.people[who.folded()] }

// create adds a person under an identifier.
func (w *workspace) create(who identifier, now time.Time) *person {
	w.serial++
	p := &person{
		serial:     w.serial,
		cioID:      fmt.Sprintf("a3%06x", w.serial),
		names:      map[string]string{},
		attributes: map[string]stored{},
		relations:  map[*object]map[string]string{},
		devices:    map[string]string{},
		created:    now,
	}
	w.people[identifier{"cio_id", p.cioID}] = p
	w.name(p, who)
	w.counts.PeopleCreated++
	w.counts.People++
	return p
}

// findOrCreate returns the person whom an event is about, nil when a cio_id leads nowhere.
func (w *workspace) findOrCreate(who identifier, now time.Time) *person {
	if p := w.find(who); p != nil {
		return p
	}
	if who.key == "cio_id" {
		return nil
	}
	return w.create(who, now)
}

// name gives a person an identifier, in place of an older one of its kind.
func (w *workspace) name(p *person, who identifier) {
	if old, ok := p.names[who.key]; ok {
		delete(w.people, identifier{who.key, old}.folded())
	}
	p.names[who.key] = who.value
	w.people[who.folded()] = p
}

// remove deletes a person. The identifiers are free afterwards.
func (w *workspace) remove(p *person) {
	for key, value := range p.names {
		delete(w.people, identifier{key, value}.folded())
	}
	delete(w.people, identifier{"cio_id", p.cioID})
	p.gone = true
	w.counts.People--
}

// suppression blocks identifiers that belonged to one person.
type suppression struct{ blocked []identifier }

// suppress deletes a person and blocks all their identifiers, or the one named when nobody is known by it.
func (w *workspace) suppress(who identifier) {
	s := &suppression{blocked: []identifier{who.folded()}}
	if p := w.find(who); p != nil {
		for key, value := range p.names {
			s.blocked = append(s.blocked, identifier{key, value}.folded())
		}
		w.remove(p)
	}
	for _, blocked := range s.blocked {
		w.suppressed[blocked] = s
	}
}

func (w *workspace) unsuppress(who identifier) {
	if s := w.suppressed[who.folded()]; s != nil {
		for _, blocked := range s.blocked {
			delete(w.suppressed, blocked)
		}
	}
}

// ignores reports whether an operation names a suppressed identifier.
func (w *workspace) ignores(o *operation) bool {
	if len(w.suppressed) == 0 || o.action == "suppress" || o.action == "unsuppress" {
		return false
	}
	for _, who := range append(w.attributeIdentifiers(o), o.who, o.primary, o.secondary) {
		if w.suppressed[who.folded()] != nil {
			return true
		}
	}
	return false
}
