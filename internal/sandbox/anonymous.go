package sandbox

import "maps"

import "time"

// How long an anonymous event waits for its person, and how long after the claim one still joins.
const (
	anonymousBefore = 30 * 24 * time.Hour
	anonymousAfter  = 5 * time.Minute
)

// visitor is an anonymous_id: what is known of it until somebody claims it, and by whom it was claimed.
type visitor struct {
	events    []*event // the oldest first
	relations map[*object]map[string]string
	claimant  *person
	claimed   time.Time
}

func (w *workspace) visitor(anonymousID string) *visitor {
	v := w.anonymous[anonymousID]
	if v == nil {
		v = &visitor{relations: map[*object]map[string]string{}}
		w.anonymous[anonymousID] = v
	}
	return v
}

// anonymousEvent keeps an event for whoever claims its anonymous_id, or gives it to who just has.
func (w *workspace) anonymousEvent(e *event, now time.Time) {
	w.counts.AnonymousEvents++
	v := w.visitor(e.sentAs.value)
	switch {
	case v.claimant == nil:
		v.events = append(v.events, e)
	case !w.NoAnonymousMerge && e.received.Sub(v.claimed) <= anonymousAfter:
		w.join(e, v.claimant, now)
	}
}

func (w *workspace) join(e *event, p *person, now time.Time) {
	e.owner = p
	w.counts.AnonymousLinked++
	w.mark(e, now)
}

// claim ties an anonymous_id to a person, with what waits under it. It returns false when somebody else has it.
func (w *workspace) claim(p *person, anonymousID string, now time.Time) bool {
	v := w.visitor(anonymousID)
	switch {
	case v.claimant == nil:
	case v.claimant.survivor() == p:
		return true // nothing new: an anonymous_id cannot be used again
	default:
		return false
	}
	v.claimant, v.claimed = p, now
	for _, e := range v.events {
		if !w.NoAnonymousMerge && now.Sub(e.received) <= anonymousBefore {
			w.join(e, p, now)
		}
	}
	maps.Copy(p.relations, v.relations)
	v.events, v.relations = nil, nil
	return true
}

// survivor returns the person that merges made of this one.
func (p *person) survivor() *person {
	for p.into != nil {
		p = p.into
	}
	return p
}

// forget drops an event that gave way to newer ones. It is the oldest of all, so the first of its visitor.
func (w *workspace) forget(e *event) {
	w.counts.EventsForgotten++
	v := w.anonymous[e.sentAs.value]
	if e.sentAs.key != "anonymous_id" || v == nil || len(v.events) == 0 {
		return
	}
	if v.events = v.events[1:]; len(v.events) == 0 && len(v.relations) == 0 {
		delete(w.anonymous, e.sentAs.value)
	}
}
