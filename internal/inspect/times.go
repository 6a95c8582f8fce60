package inspect

import (
	"math"
	"time"

	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// times is when rows happened.
type times struct {
	first, last int64 // unix microseconds
	unusable    map[string]int64
}

func newTimes() times {
	return times{first: math.MaxInt64, last: math.MinInt64, unusable: map[string]int64{}}
}

func (t *times) count(at posthog.Time, o mapping.Outcome) {
	if o.Bucket == mapping.Rejected {
		t.unusable[o.Reason]++
		return
	}
	t.first, t.last = min(t.first, at.Micros), max(t.last, at.Micros)
}

// take adds the times of another and leaves it empty.
func (t *times) take(o *times) {
	t.first, t.last = min(t.first, o.first), max(t.last, o.last)
	for reason, n := range o.unusable {
		t.unusable[reason] += n
	}
	clear(o.unusable)
	o.first, o.last = math.MaxInt64, math.MinInt64
}

func (t *times) result() Times {
	in := Times{Unusable: t.unusable}
	if t.first <= t.last {
		in.First, in.Last = time.UnixMicro(t.first).UTC(), time.UnixMicro(t.last).UTC()
	}
	return in
}
