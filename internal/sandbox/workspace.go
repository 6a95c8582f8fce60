package sandbox

import (
	"time"

	"ph2cio/internal/sandbox/trackapi"
)

// workspace is what the account holds. The sandbox's lock guards it.
type workspace struct {
	state
	waiting waiting
}

func newWorkspace(r *trackapi.Rules) *workspace { return &workspace{state: newState(r)} }

// full reports whether no more profiles fit into memory.
func (w *workspace) full() bool { return w.counts.People+w.counts.Objects >= int64(w.Profiles) }

// refuses returns what only the workspace's state shows to be wrong with an operation.
func (w *workspace) refuses(o *trackapi.Operation) []trackapi.Rejection {
	if !w.RefuseMissingSecondary || o.Action != "merge" || w.find(o.Secondary) != nil {
		return nil
	}
	return []trackapi.Rejection{{Reason: trackapi.Invalid, Field: "secondary", Message: "person does not exist"}}
}

// reject counts an operation that was refused.
func (w *workspace) reject() {
	w.counts.Items++
	w.counts.Rejected++
}

// accept counts a good operation and applies it.
func (w *workspace) accept(o *trackapi.Operation, now time.Time) {
	w.count(o, now)
	apply(change{&w.state, o, now})
}

// acceptLater counts a good operation and keeps it until it is due.
func (w *workspace) acceptLater(o *trackapi.Operation, now, due time.Time) {
	w.count(o, now)
	w.waiting.add(*o, due)
}

func (w *workspace) count(o *trackapi.Operation, now time.Time) {
	w.counts.Items++
	countAccepted(change{&w.state, o, now})
}

// settle applies what is due.
func (w *workspace) settle(now time.Time) {
	for len(w.waiting.queue) > 0 && !w.waiting.queue[0].due.After(now) {
		next := w.waiting.next()
		apply(change{&w.state, &next.operation, next.due})
	}
}

// flush applies everything that still waits, as if it were due now.
func (w *workspace) flush(now time.Time) {
	for len(w.waiting.queue) > 0 {
		apply(change{&w.state, &w.waiting.next().operation, now})
	}
}

// totals returns the counts, with those of operations that wait.
func (w *workspace) totals() Counts {
	totals := w.counts.clone()
	totals.Waiting = int64(len(w.waiting.queue))
	return totals
}

// peopleNow returns the profiles in order of their creation.
func (w *workspace) peopleNow() []Person { return viewPeople(&w.state) }

// objectsNow returns the objects in order of their creation.
func (w *workspace) objectsNow() []Object {
	objects := []Object{}
	for _, o := range w.everything() {
		objects = append(objects, viewObject(o))
	}
	return objects
}

// eventsNow returns the events that are kept, in the order in which they were stored.
func (w *workspace) eventsNow() []Event {
	events := []Event{}
	for e := range w.events.all() {
		events = append(events, viewEvent(e, w.holder(e)))
	}
	return events
}

// arrivals returns how often an event with each ID was accepted, whether stored or not. A ULID is in upper case.
func (w *workspace) arrivals() map[string]int {
	arrivals := map[string]int{}
	for id, seen := range w.ids.seen {
		arrivals[id] = int(seen.arrived)
	}
	return arrivals
}
