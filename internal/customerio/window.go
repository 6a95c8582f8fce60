package customerio

import (
	"math"
	"time"
)

// A limiter spaces requests by when they should start. One that wakes up late is followed by others on time, and on a busy
// machine a second may then see more of them than it should. So the last starts are remembered too.

// window is the time in which no more requests may start than the rate has in a second. It is a little longer than that,
// because what counts is when they arrive: one may be held up on its way and the next not. The faster they follow each
// other, the more of them can come together so.
func window(perSecond float64) time.Duration {
	const longest, from = 20 * time.Millisecond, 50
	return time.Second + time.Duration(float64(longest)*min(1, perSecond/from))
}

// perWindow is how many requests may start within a window.
func perWindow(perSecond float64) int { return int(max(1, math.Ceil(perSecond))) }

// starts are when the last requests started, oldest next.
type starts struct {
	at   []time.Time
	next int
}

func newStarts(perSecond float64) starts { return starts{at: make([]time.Time, perWindow(perSecond))} }

// after is how long the next request has to wait at a rate, which may not be more than that of newStarts.
func (s *starts) after(now time.Time, perSecond float64) time.Duration {
	last := s.at[(s.next+len(s.at)-perWindow(perSecond))%len(s.at)]
	if last.IsZero() {
		return 0
	}
	return window(perSecond) - now.Sub(last)
}

// add notes that a request starts.
func (s *starts) add(now time.Time) {
	s.at[s.next] = now
	s.next = (s.next + 1) % len(s.at)
}
