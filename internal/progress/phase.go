package progress

import (
	"strings"
	"time"

	"ph2cio/internal/report"
)

// phase is one part of a run, and its recent speed.
type phase struct {
	name  string
	total int64 // 0 or less when not known
	unit  Unit
	began time.Time
	now   func() time.Time

	recent []sample // oldest first
}

// sample is how much was done at a point in time.
type sample struct {
	at   time.Time
	done int64
}

// snapshot has the figures of a phase at a point in time.
type snapshot struct {
	done      int64
	note      string
	left      time.Duration
	leftKnown bool
}

// An estimate uses the last samples, so that it follows changes of the speed. There is none at first, when it
// would be unstable.
const (
	samples       = 10
	sampleEvery   = 6 * time.Second
	estimateAfter = 10 * time.Second
)

func newPhase(name string, total int64, unit Unit, now func() time.Time) *phase {
	return &phase{name: name, total: total, unit: unit, began: now(), now: now}
}

// took is how long the phase has taken so far.
func (p *phase) took() time.Duration { return p.now().Sub(p.began) }

// left estimates how long the rest takes. It returns false at first, without a total, or if nothing is done.
//
// The first sample is taken once something has been done: a resumed run starts with a jump that is not due to
// its speed.
func (p *phase) left(done int64) (time.Duration, bool) {
	now := p.now()
	if done <= 0 || p.total <= 0 {
		return 0, false
	}
	if len(p.recent) == 0 {
		p.recent = append(p.recent, sample{now, done})
		return 0, false
	}
	if now.Sub(p.recent[len(p.recent)-1].at) >= sampleEvery {
		p.recent = append(p.recent, sample{now, done})
		p.recent = p.recent[max(0, len(p.recent)-samples):]
	}
	first := p.recent[0]
	elapsed, moved := now.Sub(first.at), done-first.done
	if elapsed < estimateAfter || moved <= 0 {
		return 0, false
	}
	rest := float64(max(0, p.total-done)) / float64(moved)
	return time.Duration(min(rest*float64(elapsed), float64(maxEstimate))), true
}

// maxEstimate limits the estimate for very slow progress to a readable number.
const maxEstimate = 99 * 24 * time.Hour

// percent returns how much of the phase is done; it is 100 only if all of it is.
func (p *phase) percent(done int64) int {
	if done >= p.total {
		return 100
	}
	return int(float64(done) / float64(p.total) * 100)
}

// amount returns how much of the total is done: `1.2 GB of 3.4 GB`, `4,000 of 12,000`.
func (p *phase) amount(done int64) string {
	switch {
	case p.total <= 0:
		return quantity(done, p.unit)
	case p.unit == Bytes:
		return report.ShortBytes(done) + " of " + report.ShortBytes(p.total)
	default:
		return report.Count(done) + " of " + report.Count(p.total)
	}
}

// quantity writes n for people: bytes in powers of a thousand, as disks are sold, and operations in full.
func quantity(n int64, unit Unit) string {
	if unit == Bytes {
		return report.ShortBytes(n)
	}
	if n == 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return report.Count(n) + " " + unit
}
