package progress

import "time"

// Trouble is what holds a phase up, such as an API that does not answer. Its texts are for people; untrusted text
// in them must have been escaped.
type Trouble struct {
	// Lines are shown below the bar as they are now, the most important one first. They are asked for again
	// with each drawing, so that they may count down.
	Lines []string
	// Began is a line for a log when the trouble begins, and Over is one for when it is over by now.
	Began, Over string
}

// The lines of a log say once that trouble begins, and once that it is over. It is over when there was none for
// overAfter: trouble that comes and goes would fill the log.
const (
	watchEvery = time.Second
	overAfter  = 5 * time.Second
)

// troubleLog decides which lines about trouble a log gets.
type troubleLog struct {
	last  *Trouble // what is in the log and not over; nil for none
	clear time.Time
}

// line returns the next line for the log; empty for none. now is the trouble at present, nil for none.
func (l *troubleLog) line(now *Trouble) string {
	switch {
	case now != nil && l.last == nil:
		l.last, l.clear = now, time.Time{}
		return now.Began
	case now != nil:
		l.last, l.clear = now, time.Time{}
	case l.last != nil && l.clear.IsZero():
		l.clear = time.Now()
	case l.last != nil && time.Since(l.clear) >= overAfter:
		return l.end()
	}
	return ""
}

// end returns the line for the end of a phase, or of trouble that seems to be over; empty if the log has none that is
// open.
func (l *troubleLog) end() string {
	last := l.last
	l.last = nil
	if last == nil || l.clear.IsZero() {
		return ""
	}
	return last.Over
}
