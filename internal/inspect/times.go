package inspect

import (
	"math"
	"time"

	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// times collects the times of rows.
type times struct {
	first, last int64            // unix microseconds; first is later than last if there are none
	unusable    map[string]int64 // rows without a time that can be sent, by reason
}

func newTimes() times {
	return times{first: math.MaxInt64, last: math.MinInt64, unusable: map[string]int64{}}
}

// count counts the time of a row, or why it has none that can be sent.
func (t *times) count(at posthog.Time, o mapping.Outcome) {
	if o.Bucket == mapping.Rejected {
		t.unusable[o.Reason]++
		return
	}
	t.first, t.last = min(t.first, at.Micros), max(t.last, at.Micros)
}

// take adds the times of o and makes o empty.
func (t *times) take(o *times) {
	t.first, t.last = min(t.first, o.first), max(t.last, o.last)
	for reason, n := range o.unusable {
		t.unusable[reason] += n
	}
	clear(o.unusable)
	o.first, o.last = math.MaxInt64, math.MinInt64
}

// result returns the span of the times.
func (t *times) result() Times {
	if t.first > t.last {
		return Times{Unusable: t.unusable}
	}
	return Times{First: time.UnixMicro(t.first).UTC(), Last: time.UnixMicro(t.last).UTC(), Unusable: t.unusable}
}
