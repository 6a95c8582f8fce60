package progress

import "time"

// both shows progress in two places, each at intervals of its own.
type both struct{ first, second paced }

// paced is a view, and when it is drawn.
type paced struct {
	view
	every time.Duration
	early time.Duration // how much earlier it may be drawn, since a ticker is not exact
	shown time.Time     // when it was last drawn
}

// beside returns a view of two, either of which may be nil, and the time between two drawings of the one that is
// drawn more often.
func beside(first view, firstEvery time.Duration, second view, secondEvery time.Duration) (view, time.Duration) {
	switch {
	case second == nil:
		return first, firstEvery
	case first == nil:
		return second, secondEvery
	}
	every := min(firstEvery, secondEvery)
	return &both{paced{view: first, every: firstEvery, early: every / 2}, paced{view: second, every: secondEvery, early: every / 2}}, every
}

func (b *both) each(do func(*paced)) {
	do(&b.first)
	do(&b.second)
}

func (b *both) start(p *phase) {
	b.each(func(v *paced) {
		v.shown = time.Now()
		v.view.start(p)
	})
}

func (b *both) show(p *phase, s snapshot) {
	b.each(func(v *paced) {
		if time.Since(v.shown) >= v.every-v.early {
			v.shown = time.Now()
			v.view.show(p, s)
		}
	})
}

func (b *both) end(p *phase, s snapshot) { b.each(func(v *paced) { v.view.end(p, s) }) }

func (b *both) say(line string) { b.each(func(v *paced) { v.view.say(line) }) }

func (b *both) hide() { b.each(func(v *paced) { v.view.hide() }) }

func (b *both) log(line string) { b.each(func(v *paced) { v.view.log(line) }) }
