package workspace

import (
	"maps"
	"time"
)

// How long an anonymous event waits for its person, and how long after the claim one still joins.
const (
	anonymousBefore = 30 * 24 * time.Hour
	anonymousAfter  = 5 * time.Minute
)

// visitors finds anonymous visitors by their anonymous_id.
type visitors map[string]*visitor

// visitor holds the events and relationships of an anonymous_id until a person claims it, and then that
// person.
type visitor struct {
	events    []*event // the oldest first
	relations map[*object]map[string]string
	claimant  *person
	claimed   time.Time
}

// visitor returns the visitor of an anonymous_id, a new one if the ID is new.
func (v visitors) visitor(anonymousID string) *visitor {
	one := v[anonymousID]
	if one == nil {
		one = &visitor{relations: map[*object]map[string]string{}}
		v[anonymousID] = one
	}
	return one
}

// forget drops an event that is no longer kept. It is the oldest of all events, so the first of its visitor.
func (v visitors) forget(e *event) {
	one := v[e.sentAs.Value]
	if e.sentAs.Key != "anonymous_id" || one == nil || len(one.events) == 0 {
		return
	}
	if one.events = one.events[1:]; len(one.events) == 0 && len(one.relations) == 0 {
		delete(v, e.sentAs.Value)
	}
}

// addAnonymousEvent keeps an event for the person who will claim its anonymous_id. If a person has claimed it
// a short time ago, that person gets the event.
func addAnonymousEvent(c change, e *event) {
	c.counts.AnonymousEvents++
	v := c.anonymous.visitor(e.sentAs.Value)
	switch {
	case v.claimant == nil:
		v.events = append(v.events, e)
	case !c.NoAnonymousMerge && e.received.Sub(v.claimed) <= anonymousAfter:
		joinPerson(c, e, v.claimant)
	}
}

func joinPerson(c change, e *event, p *person) {
	e.belongTo(p)
	c.counts.AnonymousLinked++
	markRecent(c, e)
}

// claim gives a person an anonymous_id, with the events and relationships that are kept for it. It returns
// false if another person has it.
func claim(c change, p *person, anonymousID string) bool {
	v := c.anonymous.visitor(anonymousID)
	switch {
	case v.claimant == nil:
	case v.claimant.survivor() == p:
		return true // nothing new: an anonymous_id cannot be used again
	default:
		return false
	}
	v.claimant, v.claimed = p, c.now
	for _, e := range v.events {
		if !c.NoAnonymousMerge && c.now.Sub(e.received) <= anonymousBefore {
			joinPerson(c, e, p)
		}
	}
	maps.Copy(p.relations, v.relations)
	v.events, v.relations = nil, nil
	return true
}
