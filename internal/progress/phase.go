package progress

import (
	"fmt"
	"strings"
	"time"

	"ph2cio/internal/report"
)

// phase is one part of a run, and its recent speed.
type phase struct {
	name  string
	unit  Unit
	began time.Time
	now   func() time.Time
	total total

	recent []sample // oldest first
}

// total is how much there is to do. A number of 0 or less is not known; about says that it is an estimate.
type total struct {
	n     int64
	about bool
}

func (t *total) known() bool { return t.n > 0 }

// sample is how much was done at a point in time.
type sample struct {
	at   time.Time
	done int64
}

// snapshot has the figures of a phase at a point in time.
type snapshot struct {
	done      int64
	note      string
	perSecond float64 // 0 when not known
	left      time.Duration
	leftKnown bool
	trouble   []string // lines
}

// The speed is that of the last samples, so that it follows changes. There is none at first, and the time left
// comes later still, since both would be unstable.
const (
	samples       = 20
	sampleEvery   = time.Second
	speedAfter    = 2 * time.Second
	estimateAfter = 5 * time.Second
)

func newPhase(name string, n int64, unit Unit, now func() time.Time) *phase {
	return &phase{name: name, total: total{n: n}, unit: unit, began: now(), now: now}
}

// took is how long the phase has taken so far.
func (p *phase) took() time.Duration { return p.now().Sub(p.began) }

// observe takes a sample if the last one is old enough. The first one is taken once something has been done: a
// resumed run starts with a jump that is not due to its speed.
func (p *phase) observe(done int64) {
	now := p.now()
	if done <= 0 || len(p.recent) > 0 && now.Sub(p.recent[len(p.recent)-1].at) < sampleEvery {
		return
	}
	p.recent = append(p.recent, sample{now, done})
	p.recent = p.recent[max(0, len(p.recent)-samples):]
}

// setSpeed adds the speed and the time left to a snapshot, if they are known.
func (p *phase) setSpeed(s *snapshot) {
	if p.unit == Seconds {
		s.left, s.leftKnown = time.Duration(max(0, p.total.n-s.done))*time.Second, true
		return
	}
	if len(p.recent) == 0 {
		return
	}
	first := p.recent[0]
	elapsed, moved := p.now().Sub(first.at), s.done-first.done
	if elapsed < speedAfter || moved <= 0 {
		return
	}
	s.perSecond = float64(moved) / elapsed.Seconds()
	if elapsed < estimateAfter || !p.total.known() {
		return
	}
	rest := float64(max(0, p.total.n-s.done)) / float64(moved)
	s.left, s.leftKnown = time.Duration(min(rest*float64(elapsed), float64(maxEstimate))), true
}

// maxEstimate limits the estimate for very slow progress to a readable number.
const maxEstimate = 99 * 24 * time.Hour

// percent returns how much of the phase is done; it is 100 only if all of it is.
func (p *phase) percent(done int64) int {
	if done >= p.total.n {
		return 100
	}
	return int(float64(max(0, done)) / float64(p.total.n) * 100)
}

// amount returns how much of the total is done: `1.2 GB of 3.4 GB`, `4,000 of about 12,000`.
func (p *phase) amount(done int64) string {
	if !p.total.known() {
		return quantity(done, p.unit)
	}
	of := " of "
	if p.total.about {
		of = " of about "
	}
	return p.number(done) + of + p.number(p.total.n)
}

// fraction is a short amount of the same width all the time: `  450/46,962`, `1.2 GB/3.4 GB`, `450/~46,962`. Of seconds
// it is empty, since the time left says it.
func (p *phase) fraction(done int64) string {
	switch {
	case p.unit == Seconds:
		return ""
	case !p.total.known():
		return p.number(done)
	}
	whole := p.number(p.total.n)
	part := fmt.Sprintf("%*s", len(whole), p.number(done))
	if p.total.about {
		whole = "~" + whole
	}
	return part + "/" + whole
}

func (p *phase) number(n int64) string {
	if p.unit == Bytes {
		return report.ShortBytes(n)
	}
	return report.Count(n)
}

// speed writes how much is done each second: `1,980/s`, `0.4/s`, `120 MB/s`; empty when that is not known.
func (p *phase) speed(s *snapshot) string {
	switch {
	case s.perSecond <= 0:
		return ""
	case p.unit == Bytes:
		return report.ShortBytes(int64(s.perSecond)) + "/s"
	case s.perSecond < 9.95:
		return fmt.Sprintf("%.1f/s", s.perSecond)
	}
	return report.Count(int64(s.perSecond+0.5)) + "/s"
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

// estimate returns the time left in words; empty if it is not known.
func (s *snapshot) estimate() string {
	if !s.leftKnown {
		return ""
	}
	if s.left < time.Second {
		return report.LessThanASecond + " left"
	}
	return "about " + report.Roughly(s.left) + " left"
}

// countdown returns the time left as on a clock: 0:13, 12:05, 1:02:03, 3d04h; empty if it is not known.
func (s *snapshot) countdown() string {
	if !s.leftKnown {
		return ""
	}
	seconds := int64(s.left.Round(time.Second) / time.Second)
	minutes, hours := seconds/60, seconds/3600
	switch {
	case hours >= 24:
		return fmt.Sprintf("%dd%02dh", hours/24, hours%24)
	case hours > 0:
		return fmt.Sprintf("%d:%02d:%02d", hours, minutes%60, seconds%60)
	}
	return fmt.Sprintf("%d:%02d", minutes, seconds%60)
}
