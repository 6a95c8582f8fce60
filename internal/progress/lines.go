package progress

import (
	"fmt"
	"io"
	"strings"
	"time"

	"ph2cio/internal/report"
)

// lines shows progress as plain lines, for logs and pipes. Each is a single write, so that lines of other
// writers do not end up inside it.
type lines struct{ out io.Writer }

func (l *lines) start(p *phase) {
	if p.total.known() {
		l.say(fmt.Sprintf("%s (%s)", p.name, quantity(p.total.n, p.unit)))
		return
	}
	l.say(p.name)
}

func (l *lines) show(p *phase, s snapshot) {
	l.say(report.Join(", ", p.head(s.done), p.speed(&s), s.note, s.estimate()))
}

func (l *lines) end(p *phase, s snapshot) {
	outcome, amount := "finished in ", ""
	switch {
	case !p.total.known():
		amount = quantity(s.done, p.unit)
	case s.done < p.total.n:
		outcome, amount = "stopped after ", p.amount(s.done)
	}
	l.say(fmt.Sprintf("%s: %s", p.name, report.Join(", ", outcome+report.Roughly(p.took()), amount, s.note)))
}

func (l *lines) hide() {}

func (l *lines) say(line string) { io.WriteString(l.out, line+"\n") }

func (l *lines) log(line string) { l.say(line) }

// withoutWaits is a view that has one line for a phase of waiting: for how long, and what for.
type withoutWaits struct{ view }

func (v withoutWaits) start(p *phase) {
	if p.unit != Seconds {
		v.view.start(p)
		return
	}
	what, purpose, _ := strings.Cut(p.name, " ")
	v.view.say(report.Join(" ", what, (time.Duration(p.total.n) * time.Second).String(), purpose))
}

func (v withoutWaits) show(p *phase, s snapshot) {
	if p.unit != Seconds {
		v.view.show(p, s)
	}
}

func (v withoutWaits) end(p *phase, s snapshot) {
	if p.unit != Seconds {
		v.view.end(p, s)
	}
}

// head is the phase, its share and its amount: `reading: 34%, 1.2 GB of 3.4 GB`.
func (p *phase) head(done int64) string {
	if !p.total.known() {
		return p.name + ": " + p.amount(done)
	}
	return fmt.Sprintf("%s: %d%%, %s", p.name, p.percent(done), p.amount(done))
}
