package sandbox

import "time"

// event is something that a person did, or an anonymous visitor.
type event struct {
	owner    *person // nil while nobody is known
	sentAs   identifier
	action   string
	name     string
	id       string
	data     string // JSON, empty when there is none
	at       time.Time
	received time.Time
	isULID   bool
	recent   bool // could start a campaign
}

// event stores an event, page or screen.
func (w *workspace) event(o *operation, now time.Time) {
	if o.hasID && w.repeated(o, now) {
		w.counts.Deduped++
		return
	}
	e := &event{
		sentAs: o.who, action: o.action, name: o.name, id: o.id, data: string(o.data),
		at: o.timestamp.or(o.received), received: o.received, isULID: o.isULID,
	}
	if o.who.key == "anonymous_id" {
		w.anonymousEvent(e, now)
	} else if e.owner = w.findOrCreate(o.who, now); e.owner == nil {
		w.unknown(o, now)
		return
	} else {
		w.mark(e, now)
	}
	w.counts.EventsStored++
	if forgotten, ok := w.events.add(e); ok {
		w.forget(forgotten)
	}
}

// mark notes an event of a known person that is young enough to start a campaign.
func (w *workspace) mark(e *event, now time.Time) {
	if e.recent = recent(e.at, now); e.recent {
		w.counts.CouldTriggerCampaign++
	}
}

// repeated reports whether an event's ID has been stored before, and remembers it.
func (w *workspace) repeated(o *operation, now time.Time) bool {
	if w.NoDedup || w.noDedup || !o.isULID && !w.DedupAnyID {
		return false
	}
	return w.ids.stored(o.idKey(), now, w.DedupWindow)
}

// holder returns who has the event now, following merges; nil for an anonymous event, one whose person is gone, and one
// that was too old for a merge to take along.
func (w *workspace) holder(e *event) *person {
	p := e.owner
	for p != nil && p.gone {
		if days := w.MergeKeepsDays; days > 0 && e.at.Before(p.mergedAt.AddDate(0, 0, -days)) {
			return nil
		}
		p = p.into
	}
	return p
}

// sightings counts how often each event ID came, and remembers when it was last stored. The oldest are forgotten first.
type sightings struct {
	max   int
	seen  map[string]sighting
	order ring[string]
}

type sighting struct {
	arrived int32
	stored  time.Time
}

// arrive counts an arrival and reports whether the ID has come before.
func (s *sightings) arrive(id string) (known bool) {
	was, known := s.seen[id]
	if !known {
		s.order.max = s.max
		if oldest, ok := s.order.add(id); ok {
			delete(s.seen, oldest)
		}
	}
	was.arrived++
	s.seen[id] = was
	return known
}

// stored reports whether an ID was stored within a window, 0 for ever, and if not notes that it is now.
func (s *sightings) stored(id string, now time.Time, window time.Duration) bool {
	was := s.seen[id]
	if !was.stored.IsZero() && (window == 0 || now.Sub(was.stored) <= window) {
		return true
	}
	was.stored = now
	s.seen[id] = was
	return false
}
