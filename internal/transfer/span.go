package transfer

import (
	"time"

	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// Span is the first and the last time of the rows that could be sent, whoever their person is. Both are zero
// if there are none.
type Span struct {
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
}

// timeSpan collects such times, in microseconds. The zero value is empty.
type timeSpan struct {
	any         bool
	first, last int64
}

// count counts the time with which a row is sent.
func (s *timeSpan) count(rules *mapping.Rules, event *posthog.Event) {
	if at, ok := rules.SentAt(event); ok {
		s.take(timeSpan{true, at.Micros, at.Micros})
	}
}

// take adds the times of another span.
func (s *timeSpan) take(o timeSpan) {
	switch {
	case !o.any:
	case !s.any:
		*s = o
	default:
		s.first, s.last = min(s.first, o.first), max(s.last, o.last)
	}
}

// LiveKnown reports whether the rules say what PostHog's own destination has sent.
func (f *FirstPass) LiveKnown() bool { return f.rules.Mapping.KnowsLive() }

// Times returns the span of the rows that could be sent, whoever their person is.
func (f *FirstPass) Times() Span {
	if !f.times.any {
		return Span{}
	}
	return Span{time.UnixMicro(f.times.first).UTC(), time.UnixMicro(f.times.last).UTC()}
}
