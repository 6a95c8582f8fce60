package progress

import (
	"strings"
	"time"

	"ph2cio/internal/report"
)

// phase is one stretch of work, and how fast it went lately.
type phase struct {
	name  string
	total int64 // 0 or less when not known
	unit  Unit
	began time.Time

	recent []sample // oldest first
}

// sample is how much was done at a moment.
type sample struct {
	at   time.Time
	done int64
}

// snapshot is a phase's figures at a moment.
type snapshot struct {
	done      int64
	note      string
	left      time.Duration
	leftKnown bool
}

// An estimate rests on the last samples, so that it follows a pace that changes, and is held back at first, when it
// would only jump about.
const (
	samples       = 10
	sampleEvery   = 6 * time.Second
	estimateAfter = 10 * time.Second
)

func newPhase(name string, total int64, unit Unit) *phase {
	return &phase{name: name, total: total, unit: unit, began: time.Now()}
}

// left estimates how long the rest takes. It is not known at first, without a total, or when nothing moves.
//
// The first sample is taken once something has been done: a run that goes on after an interruption starts with a leap
// that says nothing about its pace.
func (p *phase) left(done int64) (time.Duration, bool) {
	now := time.Now()
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
	took, moved := now.Sub(first.at), done-first.done
	if took < estimateAfter || moved <= 0 {
		return 0, false
	}
	rest := float64(max(0, p.total-done)) / float64(moved)
	return time.Duration(min(rest*float64(took), float64(maxEstimate))), true
}

// maxEstimate keeps an estimate of a near standstill a number that a person can read.
const maxEstimate = 99 * 24 * time.Hour

// percent of the phase that is done, 100 only when all of it is.
func (p *phase) percent(done int64) int {
	if done >= p.total {
		return 100
	}
	return int(float64(done) / float64(p.total) * 100)
}

// amount is how much is done, of how much: `1.2 GB of 3.4 GB`, `4,000 of 12,000`.
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
