// Package progress shows how far a run is, and what holds it up: a bar on a terminal, lines or records in a log,
// nothing when quiet.
package progress

import (
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Unit is what a phase counts: Bytes, Operations or Seconds. It is a string, so that a consumer can declare an
// interface without importing this package.
type Unit = string

// The units of a phase.
const (
	Bytes      Unit = "bytes"
	Operations Unit = "operations"
	Seconds    Unit = "seconds" // of a wait; the name of the phase is a word, and then what it is for
)

// Options say where and how to show progress. The zero value shows nothing.
type Options struct {
	Out io.Writer // usually stderr; nil shows nothing

	// Log, if not nil, gets records, and Out gets nothing.
	Log *slog.Logger

	// Quiet shows nothing, whatever else is set.
	Quiet bool

	// Terminal says that Out is a terminal, which gets a bar. Anything else gets lines without control codes.
	Terminal bool

	// Screen says what the terminal can do. The zero value can do what every terminal can.
	Screen Screen

	// Every is the time between two drawings of the bar, or between two lines. 0 is 100 ms for a bar and 30 s
	// otherwise.
	Every time.Duration

	// Now is the clock that speeds are measured with; nil is time.Now.
	Now func() time.Time

	// Beside, if not nil, shows the same in another place too, such as a file beside a terminal. Its own Beside
	// and Now are not used.
	Beside *Options
}

// Screen is what a terminal can do.
type Screen struct {
	// Width returns the columns of the terminal. It is called for each drawing, because the size of a window
	// changes. With nil it is the width of the terminal of Options.Out, or 80 if that is none.
	Width func() int
	// Codes says that the terminal takes escape codes that move the cursor and erase. Without them the bar has
	// one line only, of carriage returns and spaces.
	Codes bool
	// Reflows says that the terminal wraps lines anew when its width changes, instead of cutting them. It
	// matters only with Codes.
	Reflows bool
	// Colour says that text may be coloured.
	Colour bool
	// ASCII says that the terminal shows no other characters.
	ASCII bool
}

// Progress shows one phase after another. Its methods may be called by many goroutines. They are fast, and
// only Say waits for the terminal, since a separate goroutine draws. Write errors are ignored: a run does not
// fail because its progress cannot be shown.
//
// The zero value and a nil *Progress show nothing.
type Progress struct {
	view  view
	every time.Duration
	now   func() time.Time
	done  atomic.Int64
	total atomic.Pointer[total]
	note  atomic.Pointer[string]

	mu      sync.Mutex // guards what is below, and the view
	phase   *phase     // nil between phases
	stop    chan struct{}
	find    func() *Trouble // may be nil
	trouble troubleLog
}

// New returns a Progress for the options. It starts nothing until the first Phase.
func New(o Options) *Progress {
	p := &Progress{now: o.Now}
	if p.now == nil {
		p.now = time.Now
	}
	p.view, p.every = o.show()
	if o.Beside != nil {
		second, every := o.Beside.show()
		p.view, p.every = beside(p.view, p.every, second, every)
	}
	return p
}

// show returns the view for the options, and the time between two drawings. It is nil if nothing is shown.
func (o *Options) show() (view, time.Duration) {
	switch {
	case o.Quiet || o.Out == nil && o.Log == nil:
		return nil, 0
	case o.Log != nil:
		return withoutWaits{&records{to: o.Log}}, orElse(o.Every, 30*time.Second)
	case o.Terminal:
		return newBar(o.Out, o.Screen), orElse(o.Every, 100*time.Millisecond)
	}
	return withoutWaits{&lines{out: o.Out}}, orElse(o.Every, 30*time.Second)
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// view is one way to show progress. Its methods are called one at a time.
type view interface {
	start(*phase)          // a phase begins
	show(*phase, snapshot) // it continues
	end(*phase, snapshot)  // it ended, or was aborted
	say(line string)       // a line that stays
	log(line string)       // a line about what a bar shows anyway
	hide()                 // something else is about to be written
}

// Phase ends the current phase, if there is one, and starts the next. name says what is done ("reading",
// "sending events"). A total of 0 or less is unknown.
func (p *Progress) Phase(name string, total int64, unit Unit) {
	if p.silent() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
	p.done.Store(0)
	p.total.Store(nil)
	p.note.Store(nil)
	p.phase = newPhase(name, total, unit, p.now)
	p.view.start(p.phase)
	p.stop = make(chan struct{})
	go p.draw(p.phase, p.stop)
}

// Advance sets how much of the phase is done so far, counted from its start.
func (p *Progress) Advance(done int64) {
	if !p.silent() {
		p.done.Store(done)
	}
}

// Total sets the total of the phase, of which more is known by now. about says that it is still an estimate.
func (p *Progress) Total(n int64, about bool) {
	if !p.silent() {
		p.total.Store(&total{n, about})
	}
}

// Watch sets a function that returns what holds the run up at present, nil for nothing. It is called often, while a
// phase is shown, and must be fast.
func (p *Progress) Watch(find func() *Trouble) {
	if p.silent() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.find = find
}

// Note sets the counts shown beside the phase, such as `12,345 rows`. It replaces the previous note.
func (p *Progress) Note(text string) {
	if !p.silent() {
		p.note.Store(&text)
	}
}

// Say shows a line that stays, above the bar: a warning, or why a request waits. Untrusted text in it must
// have been escaped by the caller.
func (p *Progress) Say(line string) {
	if p.silent() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.view.say(line)
}

// Aside hides the bar while write writes to the same terminal. The bar reappears with the next drawing.
func (p *Progress) Aside(write func()) {
	if p.silent() {
		write()
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.view.hide()
	write()
}

// Done ends the phase: the bar disappears, a log gets the phase's last line. Without a phase it does nothing.
// Another phase may follow.
func (p *Progress) Done() {
	if p.silent() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
}

// end ends the current phase, if there is one. The caller holds the lock.
func (p *Progress) end() {
	if p.phase == nil {
		return
	}
	close(p.stop)
	if line := p.trouble.end(); line != "" {
		p.view.log(line)
	}
	p.view.end(p.phase, p.snapshot())
	p.phase = nil
}

func (p *Progress) silent() bool { return p == nil || p.view == nil }

// draw shows one phase until it stops.
func (p *Progress) draw(shown *phase, stop <-chan struct{}) {
	ticker, watch := time.NewTicker(p.every), time.NewTicker(watchEvery)
	defer ticker.Stop()
	defer watch.Stop()
	for {
		do := p.watch
		select {
		case <-stop:
			return
		case <-watch.C:
		case <-ticker.C:
			do = p.show
		}
		p.mu.Lock()
		if p.phase == shown { // not if Done was called in between
			do()
		}
		p.mu.Unlock()
	}
}

// show draws the phase. The caller holds the lock.
func (p *Progress) show() { p.view.show(p.phase, p.snapshot()) }

// watch takes a sample of the speed, and logs whether trouble has begun or is over. The caller holds the lock.
func (p *Progress) watch() {
	p.phase.observe(p.done.Load())
	if p.find == nil {
		return
	}
	if line := p.trouble.line(p.find()); line != "" {
		p.view.log(line)
	}
}

// snapshot returns the current figures of the phase. The caller holds the lock.
func (p *Progress) snapshot() snapshot {
	s := snapshot{done: p.done.Load()}
	if note := p.note.Load(); note != nil {
		s.note = *note
	}
	if total := p.total.Load(); total != nil {
		p.phase.total = *total
	}
	p.phase.observe(s.done)
	p.phase.setSpeed(&s)
	if p.find != nil {
		if trouble := p.find(); trouble != nil {
			s.trouble = trouble.Lines
		}
	}
	return s
}
