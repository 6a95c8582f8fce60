package inspect

import (
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// share is one worker's share of the counting: it counts the rows of one chunk, on one goroutine. Once it is
// added to the totals it counts another chunk. It keeps the names that it has seen, so that a row allocates
// memory only for a new name.
type share struct {
	rules     *mapping.Rules
	good, bad int64 // rows that are events, and rows that are not
	times     times

	events        map[string]*eventCount
	countedEvents []*eventCount  // of this chunk, in order of their first rows
	carriers      int            // how many events have a number
	otherEvents   [2]*eventCount // names that are counted together, those that carry first

	spellings         map[string]*propertyCount // by key as it is written in JSON, with its escapes
	properties        map[string]*propertyCount // by name
	countedProperties []*propertyCount          // of this chunk, in order of their first rows
	otherProperties   *propertyCount            // names that are counted together
	row               uint64                    // number of the row, to notice a key that an object has twice
}

// eventCount counts the rows of one event name in a chunk.
type eventCount struct {
	name    string
	rows    int64
	number  int             // among the events of this share whose properties are counted
	outcome mapping.Outcome // of the name alone
	total   *eventTotal     // to which it is added; nil until it is added for the first time
}

// carries reports whether rows of that name become an event, a page or a screen. Only their properties are
// counted.
func (e *eventCount) carries() bool { return e.outcome.Bucket == mapping.Send }

// propertyCount counts the values of one property name in a chunk.
type propertyCount struct {
	name    string
	counted bool // it is in countedProperties
	values
	row      uint64          // the last row that has it
	last     jsonType        // of its value in that row
	carriers parallel.Bitset // numbers of the events of which rows have it
	beyond   *eventCount     // the last event that has it and whose number is too large for carriers
	fresh    []*eventCount   // events that have it in this chunk and are not noted in the total
	total    *propertyTotal  // to which it is added; nil until it is added for the first time
}

const (
	maxRemembered = 8192 // if a share knows more names than these, it forgets all before its next chunk
	maxSeen       = 4096 // numbers of events from this one on are not noted in propertyCount.carriers
)

// newShare returns a share to be added to these totals only.
func newShare(rules *mapping.Rules, names *totals) *share {
	s := &share{rules: rules, times: newTimes(), otherProperties: &propertyCount{total: &names.otherProperties}}
	for i, bucket := range []mapping.Bucket{mapping.Send, mapping.Skipped} {
		s.otherEvents[i] = &eventCount{outcome: mapping.Outcome{Bucket: bucket}, number: maxSeen, total: &names.otherEvents}
	}
	s.forget()
	return s
}

// begin gets the share ready for another chunk.
func (s *share) begin() {
	if len(s.events) > maxRemembered || len(s.spellings) > maxRemembered {
		s.forget()
	}
}

// forget makes the share forget all names.
func (s *share) forget() {
	s.events, s.carriers = map[string]*eventCount{}, 0
	s.spellings, s.properties = map[string]*propertyCount{}, map[string]*propertyCount{}
}

// addTo adds the counts of rows, events and properties to the totals and sets them to zero.
func (s *share) addTo(t *totals) {
	t.addRows(s.good)
	s.good, s.bad = 0, 0
	for _, e := range s.countedEvents {
		if e.total == nil {
			e.total = t.event(e.name, e.outcome)
		}
		e.total.addRows(e.rows)
		e.rows = 0
	}
	for _, p := range s.countedProperties {
		if p.total == nil {
			p.total = t.property(p.name)
		}
		p.total.addAll(&p.values)
		for _, e := range p.fresh {
			p.total.carriedBy(e.total)
		}
		p.values, p.fresh, p.counted = values{}, p.fresh[:0], false
	}
	s.countedEvents, s.countedProperties = s.countedEvents[:0], s.countedProperties[:0]
}

// Bad counts a row that is no event.
func (s *share) Bad() { s.bad++ }

// Event counts an event, and its properties if the rules send events of that name.
func (s *share) Event(e *posthog.Event) {
	s.good++
	s.times.count(s.rules.When(e))
	event := s.event(e.Name)
	if event.rows == 0 {
		s.countedEvents = append(s.countedEvents, event)
	}
	event.rows++
	if !event.carries() {
		return
	}
	s.row++
	for i := range e.Members {
		m := &e.Members[i]
		s.property(e.Properties[m.KeyStart:m.KeyEnd]).count(s, event, e.Properties[m.ValueStart:m.ValueEnd])
	}
}

// event returns the count for an event name.
func (s *share) event(name []byte) *eventCount {
	if e := s.events[string(name)]; e != nil {
		return e
	}
	e := &eventCount{outcome: s.rules.EventName(name)}
	if len(name) > maxNameLength || len(s.events) >= maxRemembered+maxNames {
		if e.carries() {
			return s.otherEvents[0]
		}
		return s.otherEvents[1]
	}
	e.name, e.number = string(name), s.carriers
	if e.carries() {
		s.carriers++
	}
	s.events[e.name] = e
	return e
}

// property returns the count for a property, by its key as it is written in JSON.
func (s *share) property(key []byte) *propertyCount {
	if p := s.spellings[string(key)]; p != nil {
		return p
	}
	if len(key) > maxNameLength || len(s.spellings) >= maxRemembered+maxNames {
		return s.otherProperties
	}
	plain, _ := rawjson.AppendUnescaped(nil, key)
	name := string(plain)
	p := s.properties[name]
	if p == nil {
		p = &propertyCount{name: name}
		s.properties[name] = p
	}
	s.spellings[string(key)] = p
	return p
}

// count counts a value of the property in a row of an event.
func (p *propertyCount) count(s *share, event *eventCount, value []byte) {
	if !p.counted {
		p.counted = true
		s.countedProperties = append(s.countedProperties, p)
	}
	switch {
	case p == s.otherProperties:
	case p.row == s.row: // the object has the key twice: the last value counts
		p.remove(p.last)
	default:
		p.row = s.row
		p.carriedBy(event)
	}
	p.last = p.add(value)
}

// carriedBy notes that rows of an event have the property.
func (p *propertyCount) carriedBy(event *eventCount) {
	switch {
	case event.number < maxSeen:
		if p.carriers.Add(uint64(event.number)) {
			p.fresh = append(p.fresh, event)
		}
	case p.beyond != event:
		p.beyond = event
		p.fresh = append(p.fresh, event)
	}
}
