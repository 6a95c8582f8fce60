package inspect

import (
	"cmp"
	"slices"

	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
)

// totals adds up the rows of each event name and the values of each property name, chunk after chunk in reading order. Its
// memory is bounded: names that come after the first 10,000 are counted together.
type totals struct {
	rows int64 // that are events, of the team asked for

	events      map[string]*eventTotal
	numbered    []*eventTotal // in order of their numbers
	otherEvents eventTotal

	properties      map[string]*propertyTotal
	otherProperties propertyTotal
}

const (
	maxNames      = 10_000 // of events, and of properties, that are told apart
	maxNameLength = 1024   // bytes
)

// eventTotal is the rows of one event name.
type eventTotal struct {
	name    string
	rows    int64
	number  int // -1 for the others together
	outcome mapping.Outcome
}

// propertyTotal is the values of one property name.
type propertyTotal struct {
	name string
	values
	carriers parallel.Bitset // numbers of events that have it
	anywhere bool            // so does an event without a number
}

func newTotals() totals {
	return totals{events: map[string]*eventTotal{}, otherEvents: eventTotal{number: -1}, properties: map[string]*propertyTotal{}}
}

// event returns the total of an event name.
func (t *totals) event(name string, outcome mapping.Outcome) *eventTotal {
	e := t.events[name]
	if e == nil && len(t.events) < maxNames {
		e = &eventTotal{name: name, number: len(t.numbered), outcome: outcome}
		t.events[name] = e
		t.numbered = append(t.numbered, e)
	}
	return cmp.Or(e, &t.otherEvents)
}

// property returns the total of a property name.
func (t *totals) property(name string) *propertyTotal {
	p := t.properties[name]
	if p == nil && len(t.properties) < maxNames {
		p = &propertyTotal{name: name}
		t.properties[name] = p
	}
	return cmp.Or(p, &t.otherProperties)
}

// note remembers that rows of an event have the property.
func (p *propertyTotal) note(e *eventTotal) {
	if e.number < 0 {
		p.anywhere = true
		return
	}
	p.carriers.Add(uint64(e.number))
}

func (t *totals) eventResults() []Event {
	all := []Event{}
	for _, e := range t.numbered {
		all = append(all, Event{Name: e.name, Rows: e.rows, Share: ratio(e.rows, t.rows), Treated: treated(e.outcome)})
	}
	slices.SortFunc(all, func(a, b Event) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// treated says in a word what an event's name makes of it.
func treated(o mapping.Outcome) string {
	switch o.Bucket {
	case mapping.Send:
		return string(o.Action)
	case mapping.FeedsPerson:
		return "person"
	}
	return o.Reason
}

// propertyResults are the properties of events, each with what treat says of its name.
func (t *totals) propertyResults(treat func(name string) string) []Property {
	all := []Property{}
	for name, p := range t.properties {
		all = append(all, p.result(name, treat(name), t.carrying(p)))
	}
	sortProperties(all)
	return all
}

// carrying returns how many rows the events have that carry a property.
func (t *totals) carrying(p *propertyTotal) (rows int64) {
	if p.anywhere {
		return t.rows
	}
	for number := range p.carriers.All() {
		rows += t.numbered[number].rows
	}
	return rows
}
