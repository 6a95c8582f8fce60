package inspect

import (
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// share counts the rows of one chunk for a profile, on one goroutine. It is used again for another chunk and remembers the
// names it has met, so that a row usually costs no memory.
type share struct {
	rules     *mapping.Rules
	good, bad int64
	times     times

	events        map[string]*eventCount
	countedEvents []*eventCount // in this chunk, in order
	carriers      int           // events that were given a number
	otherEvents   [2]*eventCount

	spellings         map[string]*propertyCount // by a key as it stands in JSON
	properties        map[string]*propertyCount // by name
	countedProperties []*propertyCount
	otherProperties   *propertyCount
	row               uint64 // counts rows, so that a key that stands twice in one is noticed
}

// eventCount counts the rows of one event name.
type eventCount struct {
	name    string
	rows    int64
	number  int // in its share
	outcome mapping.Outcome
	total   *eventTotal // where it is added to, once known
}

// carries reports whether rows of that name become an event, a page or a screen, and so take properties along.
func (e *eventCount) carries() bool { return e.outcome.Bucket == mapping.Send }

// propertyCount counts the values of one property name.
type propertyCount struct {
	name    string
	counted bool // in this chunk
	values
	row      uint64          // that had it last
	last     jsonType        // that it had there
	carriers parallel.Bitset // numbers of events that have it
	beyond   *eventCount     // that had it last, of those whose number is too large for that
	fresh    []*eventCount   // that were not known to have it before this chunk
	total    *propertyTotal
}

const (
	maxRemembered = 8192 // names that a share takes along to its next chunk
	maxSeen       = 4096 // events that are noted in a property's bitset
)

// newShare returns a share that will be added to the totals, and to no others.
func newShare(rules *mapping.Rules, names *totals) *share {
	s := &share{rules: rules, times: newTimes(), otherProperties: &propertyCount{total: &names.otherProperties}}
	for i, bucket := range []mapping.Bucket{mapping.Send, mapping.Skipped} {
		s.otherEvents[i] = &eventCount{outcome: mapping.Outcome{Bucket: bucket}, number: maxSeen, total: &names.otherEvents}
	}
	s.forget()
	return s
}

// begin readies the share for a chunk.
func (s *share) begin() {
	if len(s.events) > maxRemembered || len(s.spellings) > maxRemembered {
		s.forget()
	}
}

func (s *share) forget() {
	s.events, s.carriers = map[string]*eventCount{}, 0
	s.spellings, s.properties = map[string]*propertyCount{}, map[string]*propertyCount{}
}

// addTo adds the counts of names to the totals and leaves the share empty.
func (s *share) addTo(t *totals) {
	t.rows += s.good
	s.good, s.bad = 0, 0
	for _, e := range s.countedEvents {
		if e.total == nil {
			e.total = t.event(e.name, e.outcome)
		}
		e.total.rows += e.rows
		e.rows = 0
	}
	for _, p := range s.countedProperties {
		if p.total == nil {
			p.total = t.property(p.name)
		}
		p.total.addAll(&p.values)
		for _, e := range p.fresh {
			p.total.note(e.total)
		}
		p.values, p.fresh, p.counted = values{}, p.fresh[:0], false
	}
	s.countedEvents, s.countedProperties = s.countedEvents[:0], s.countedProperties[:0]
}

// Bad counts one row that is no event.
func (s *share) Bad() { s.bad++ }

// Event counts one event.
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

func (p *propertyCount) count(s *share, event *eventCount, value []byte) {
	if !p.counted {
		p.counted = true
		s.countedProperties = append(s.countedProperties, p)
	}
	switch {
	case p == s.otherProperties:
	case p.row == s.row: // of a key that stands twice in an object the last counts
		p.rows--
		p.types[p.last]--
	default:
		p.row = s.row
		p.note(event)
	}
	p.last = p.add(value)
}

// note remembers that rows of an event have the property.
func (p *propertyCount) note(event *eventCount) {
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
