package inspect

import (
	"cmp"
	"math"
	"slices"

	"ph2cio/internal/export"
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
)

// profile is the profile of an export: what is in it, counted as the first reading reads it. The same export has the same
// profile, whatever the number of workers.
type profile struct {
	rules *mapping.Rules
	files []fileCounts // of each source
	times times
	names totals
	free  chan *share // to be used again
}

// fileCounts is what is counted in one file.
type fileCounts struct {
	shape, codec string
	rows, bad    int64
}

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

func newProfile(rules *mapping.Rules, files int) *profile {
	return &profile{
		rules: rules, files: make([]fileCounts, files), times: newTimes(), names: newTotals(), free: make(chan *share, 256),
	}
}

func newTotals() totals {
	return totals{events: map[string]*eventTotal{}, otherEvents: eventTotal{number: -1}, properties: map[string]*propertyTotal{}}
}

// Reset forgets all counts.
func (p *profile) Reset() { *p = *newProfile(p.rules, len(p.files)) }

// Share returns a share to count a chunk on. It may be called from several goroutines.
func (p *profile) Share() export.Share {
	select {
	case s := <-p.free:
		s.begin()
		return s
	default:
		return newShare(p.rules, &p.names)
	}
}

// Add takes the counts of the next chunk.
func (p *profile) Add(chunk export.ObservedChunk, counted export.Share) {
	s := counted.(*share)
	file := &p.files[chunk.Source]
	file.shape, file.codec = chunk.Shape, chunk.Codec
	file.rows += chunk.Rows
	file.bad += s.bad
	p.times.take(&s.times)
	s.addTo(&p.names)
	select {
	case p.free <- s:
	default:
	}
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

// sortProperties puts the most frequent first, and the dull last.
func sortProperties(all []Property) {
	slices.SortFunc(all, func(a, b Property) int {
		return cmp.Or(cmp.Compare(dull(a), dull(b)), cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Name, b.Name))
	})
}

// share is a part of a whole from 0 to 1, to four digits.
func ratio(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return math.Round(float64(part)/float64(whole)*1e4) / 1e4
}
