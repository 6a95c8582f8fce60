package workspace

import (
	"time"

	"ph2cio/internal/sandbox/trackapi"
)

// Workspace is what an account holds. It is for one goroutine at a time. Nothing runs in the background:
// whoever looks at it calls ApplyUntil first, which applies what has waited until then.
type Workspace struct {
	state   state
	waiting waiting
}

// New returns an empty workspace that goes by rules. Their defaults must be filled in, see
// [trackapi.Limits.OrDefault].
func New(r *trackapi.Rules) *Workspace { return &Workspace{state: newState(r)} }

// Full reports whether the workspace holds as many people and objects as Limits.Profiles allows.
func (w *Workspace) Full() bool {
	return w.state.counts.People+w.state.counts.Objects >= int64(w.state.Profiles)
}

// Refuses returns why an operation that is good by itself is rejected in the current state of the workspace.
func (w *Workspace) Refuses(o *trackapi.Operation) []trackapi.Rejection {
	if !w.state.RefuseMissingSecondary || o.Action != "merge" || w.state.find(o.Secondary) != nil {
		return nil
	}
	return []trackapi.Rejection{{Reason: trackapi.Invalid, Field: "secondary", Message: "person does not exist"}}
}

// Reject counts an operation that was rejected.
func (w *Workspace) Reject() {
	w.state.counts.Items++
	w.state.counts.Rejected++
}

// Accept counts an operation without rejections and applies it.
func (w *Workspace) Accept(o *trackapi.Operation, now time.Time) {
	w.count(o, now)
	apply(change{&w.state, o, now})
}

// AcceptLater counts an operation without rejections and keeps a copy of it to apply at that moment.
func (w *Workspace) AcceptLater(o *trackapi.Operation, now, at time.Time) {
	w.count(o, now)
	w.waiting.add(*o, at)
}

func (w *Workspace) count(o *trackapi.Operation, now time.Time) {
	w.state.counts.Items++
	countAccepted(change{&w.state, o, now})
}

// ApplyUntil applies the operations whose moment has come by now.
func (w *Workspace) ApplyUntil(now time.Time) {
	for len(w.waiting.queue) > 0 && !w.waiting.queue[0].at.After(now) {
		next := w.waiting.next()
		apply(change{&w.state, &next.operation, next.at})
	}
}

// Flush applies everything that still waits, as if it were due now.
func (w *Workspace) Flush(now time.Time) {
	for len(w.waiting.queue) > 0 {
		apply(change{&w.state, &w.waiting.next().operation, now})
	}
}

// Counts returns the counts, with those of operations that wait.
func (w *Workspace) Counts() Counts {
	totals := w.state.counts.clone()
	totals.Waiting = int64(len(w.waiting.queue))
	return totals
}

// People returns the profiles in order of their creation.
func (w *Workspace) People() []Person { return viewPeople(&w.state) }

// Objects returns the objects in order of their creation.
func (w *Workspace) Objects() []Object {
	objects := []Object{}
	for _, o := range w.state.everything() {
		objects = append(objects, viewObject(o))
	}
	return objects
}

// Events returns the events that are kept, in the order in which they were stored.
func (w *Workspace) Events() []Event {
	events := []Event{}
	for e := range w.state.events.All() {
		events = append(events, viewEvent(e, w.state.holder(e)))
	}
	return events
}

// Activities returns the newest things that happened behind a 200, the oldest of them first.
func (w *Workspace) Activities() []Activity { return w.state.activities.List() }

// IgnoreEventIDs makes event IDs mean nothing from now on, or something again.
func (w *Workspace) IgnoreEventIDs(ignore bool) { w.state.ignoreEventIDs(ignore) }

// Arrivals returns how often an event with each ID was accepted, whether stored or not. A ULID is in upper
// case.
func (w *Workspace) Arrivals() map[string]int {
	arrivals := map[string]int{}
	for id, seen := range w.state.ids.seen {
		arrivals[id] = int(seen.arrived)
	}
	return arrivals
}
