package inspect

import (
	"cmp"
	"math"
	"slices"

	"ph2cio/internal/export"
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
)

// profile counts what is in an export, chunk after chunk in reading order, so that the same export always gives the same
// counts. Its memory is bounded: of names that come after the first 10,000 only the rows are counted.
type profile struct {
	rules *mapping.Rules
	files []File
	good  int64 // rows that are events, of the team asked for
	times times

	events      map[string]*eventTotal
	numbered    []*eventTotal // in order of their numbers
	otherEvents eventTotal

	properties      map[string]*propertyTotal
	otherProperties propertyTotal

	free chan *share // to be used again
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
		rules: rules, files: make([]File, files), times: newTimes(),
		events: map[string]*eventTotal{}, otherEvents: eventTotal{number: -1},
		properties: map[string]*propertyTotal{}, free: make(chan *share, 256),
	}
}

// Reset forgets all counts.
func (c *profile) Reset() { *c = *newProfile(c.rules, len(c.files)) }

// Share returns a share to count a chunk on. It may be called from several goroutines.
func (c *profile) Share() export.Share {
	select {
	case s := <-c.free:
		s.begin()
		return s
	default:
		return newShare(c)
	}
}

// Add takes the counts of the next chunk.
func (c *profile) Add(chunk export.ObservedChunk, counted export.Share) {
	s := counted.(*share)
	file := &c.files[chunk.Source]
	file.Shape, file.Codec = chunk.Shape, chunk.Codec
	file.Rows += chunk.Rows
	file.BadRows += s.bad
	c.take(s)
	select {
	case c.free <- s:
	default:
	}
}

// take adds up a share and leaves it empty.
func (c *profile) take(s *share) {
	c.times.take(&s.times)
	c.good += s.good
	s.good, s.bad = 0, 0
	for _, e := range s.countedEvents {
		if e.total == nil {
			e.total = c.event(e)
		}
		e.total.rows += e.rows
		e.rows = 0
	}
	for _, p := range s.countedProperties {
		if p.total == nil {
			p.total = c.property(p.name)
		}
		p.total.addAll(&p.values)
		for _, e := range p.fresh {
			p.total.note(e.total)
		}
		p.values, p.fresh, p.counted = values{}, p.fresh[:0], false
	}
	s.countedEvents, s.countedProperties = s.countedEvents[:0], s.countedProperties[:0]
}

func (c *profile) event(e *eventCount) *eventTotal {
	t := c.events[e.name]
	if t == nil && len(c.events) < maxNames {
		t = &eventTotal{name: e.name, number: len(c.numbered), outcome: e.outcome}
		c.events[e.name] = t
		c.numbered = append(c.numbered, t)
	}
	return cmp.Or(t, &c.otherEvents)
}

func (c *profile) property(name string) *propertyTotal {
	t := c.properties[name]
	if t == nil && len(c.properties) < maxNames {
		t = &propertyTotal{name: name}
		c.properties[name] = t
	}
	return cmp.Or(t, &c.otherProperties)
}

func (p *propertyTotal) note(e *eventTotal) {
	if e.number < 0 {
		p.anywhere = true
		return
	}
	p.carriers.Add(uint64(e.number))
}

func (c *profile) eventResults() []Event {
	all := []Event{}
	for _, e := range c.numbered {
		all = append(all, Event{Name: e.name, Rows: e.rows, Share: ratio(e.rows, c.good), Treated: treated(e.outcome)})
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

func (c *profile) propertyResults() []Property {
	all := []Property{}
	for name, p := range c.properties {
		all = append(all, p.result(name, c.rules.EventProperty(name), c.carrying(p)))
	}
	sortProperties(all)
	return all
}

// carrying returns how many rows the events have that carry a property.
func (c *profile) carrying(p *propertyTotal) (rows int64) {
	if p.anywhere {
		return c.good
	}
	for number := range p.carriers.All() {
		rows += c.numbered[number].rows
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
