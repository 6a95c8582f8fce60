package inspect

import (
	"cmp"
	"slices"

	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
)

// totals adds up the rows of each event name and the values of each property name, chunk after chunk in
// reading order. Names that come after the first 10,000 are counted together, so that memory stays small.
type totals struct {
	rows int64 // all rows that are events and that the plan does not leave out for their team

	events      map[string]*eventTotal
	numbered    []*eventTotal // the same, by their numbers
	otherEvents eventTotal

	properties      map[string]*propertyTotal
	otherProperties propertyTotal
}

// These names are counted by themselves, and others together.
const (
	maxNames      = 10_000 // names of events, and as many names of properties
	maxNameLength = 1024   // bytes
)

// eventTotal counts the rows of one event name, or of all names that are counted together.
type eventTotal struct {
	name    string
	rows    int64
	number  int             // in order of the first rows; -1 for the names that are counted together
	outcome mapping.Outcome // of the name alone
}

// addRows counts so many rows more.
func (e *eventTotal) addRows(rows int64) { e.rows += rows }

// propertyTotal counts the values of one property name, or of all names that are counted together.
type propertyTotal struct {
	name string
	values
	carriers parallel.Bitset // numbers of the events of which rows have the property
	anywhere bool            // events that are counted together have it too
}

func newTotals() totals {
	return totals{events: map[string]*eventTotal{}, otherEvents: eventTotal{number: -1}, properties: map[string]*propertyTotal{}}
}

// addRows counts so many events more, whatever their names are.
func (t *totals) addRows(rows int64) { t.rows += rows }

// event returns the total for an event name.
func (t *totals) event(name string, outcome mapping.Outcome) *eventTotal {
	e := t.events[name]
	if e == nil && len(t.events) < maxNames {
		e = &eventTotal{name: name, number: len(t.numbered), outcome: outcome}
		t.events[name] = e
		t.numbered = append(t.numbered, e)
	}
	return cmp.Or(e, &t.otherEvents)
}

// property returns the total for a property name.
func (t *totals) property(name string) *propertyTotal {
	p := t.properties[name]
	if p == nil && len(t.properties) < maxNames {
		p = &propertyTotal{name: name}
		t.properties[name] = p
	}
	return cmp.Or(p, &t.otherProperties)
}

// carriedBy notes that rows of an event have the property.
func (p *propertyTotal) carriedBy(e *eventTotal) {
	if e.number < 0 {
		p.anywhere = true
		return
	}
	p.carriers.Add(uint64(e.number))
}

// eventResults lists the events, the most frequent first. renamed returns Event.Renamed for a name whose events
// are sent.
func (t *totals) eventResults(renamed func(name []byte) string) []Event {
	all := []Event{}
	for _, e := range t.numbered {
		one := Event{Name: e.name, Rows: e.rows, Share: ratio(e.rows, t.rows), Treated: treated(e.outcome)}
		if e.outcome.Bucket == mapping.Send {
			one.Renamed = renamed([]byte(e.name))
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b Event) int {
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// treated is Event.Treated for what becomes of rows with one event name.
func treated(o mapping.Outcome) string {
	switch o.Bucket {
	case mapping.Send:
		return string(o.Action)
	case mapping.FeedsPerson:
		return "person"
	}
	return o.Reason
}

// propertyResults lists the properties of events. treat returns what becomes of a property by its name.
func (t *totals) propertyResults(treat func(name string) string) []Property {
	all := []Property{}
	for name, p := range t.properties {
		all = append(all, p.result(name, treat(name), t.rowsOfCarriers(p)))
	}
	sortProperties(all)
	return all
}

// rowsOfCarriers returns how many rows there are of all events that ever have a property.
func (t *totals) rowsOfCarriers(p *propertyTotal) (rows int64) {
	if p.anywhere {
		return t.rows
	}
	for number := range p.carriers.All() {
		rows += t.numbered[number].rows
	}
	return rows
}
