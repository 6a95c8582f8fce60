package mapping

import "ph2cio/internal/posthog"

// Classify says what a row is by its own name and times, without knowing its person: Send, if the person is sent.
func (r *Rules) Classify(e *posthog.Event) Outcome {
	c := r.classify(e)
	return c.Outcome
}

// class is what a row is by itself.
type class struct {
	Outcome
	name *name
	at   posthog.Time // of Send: the time to send it with
}

func (r *Rules) classify(e *posthog.Event) class {
	n := r.names.of(e.Name)
	if n.outcome.Bucket != Send {
		return class{Outcome: n.outcome, name: n}
	}
	at, bad := r.span.when(e)
	if bad.Bucket == Rejected {
		return class{Outcome: bad, name: n}
	}
	if reason := r.span.skips(e, at); reason != "" {
		return class{Outcome: skipped(reason), name: n}
	}
	c := class{Outcome: n.outcome, name: n, at: at}
	c.ByCreatedAt = bad.ByCreatedAt
	if c.Recent = r.span.recent(at); c.Recent && r.holdRecent {
		c.Outcome = skipped(ReasonRecent)
	}
	return c
}

// EventName says what an event is by its name alone: Send, if neither its time nor its person is against it.
func (r *Rules) EventName(name []byte) Outcome { return r.names.of(name).outcome }

// When returns the time to send an event with. The outcome is Rejected, with a reason, when it has none.
func (r *Rules) When(e *posthog.Event) (posthog.Time, Outcome) { return r.span.when(e) }
