package deliver

import "time"

// repeatable is how many operations a kill may make a run send a second time, at any speed.
const repeatable = 5000

// repeatLimit is how many operations may be under way or have unsaved answers, since a run that is killed
// sends all of them again: repeatable, or as many as were answered in the last whole second if those are more.
// If even the fastest answer takes over half a second, it is those of twice that time, since fewer would slow
// the run down. The zero value is the beginning of a run.
type repeatLimit struct {
	began         time.Time // of the current span; zero before the first answer
	current, last int       // operations answered in the current span, and in the one before
	fastest       time.Duration
}

// answer notes that operations were answered so long after their request could start.
func (l *repeatLimit) answer(operations int, took time.Duration, now time.Time) {
	if l.began.IsZero() || took < l.fastest {
		l.fastest = took
	}
	span := max(time.Second, 2*l.fastest)
	if passed := now.Sub(l.began); l.began.IsZero() || passed >= 2*span {
		l.began, l.current, l.last = now, 0, 0
	} else if passed >= span {
		l.began, l.current, l.last = l.began.Add(span), 0, l.current
	}
	l.current += operations
}

// operations returns the limit.
func (l *repeatLimit) operations() int { return max(repeatable, l.last) }
