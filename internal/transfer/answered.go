package transfer

import (
	"math"
	"sync"
)

// expected is how many operations a phase makes, those included that were made before the run was resumed.
type expected struct {
	all   int64   // an estimate, unless exact is set
	exact bool    // all is right
	made  int64   // so far
	read  float64 // the share of what they are made from that has been read, from 0 to 1
}

// total returns how many operations the phase makes, as far as it is known. about says that it is an estimate.
//
// An estimate counts the rows of people who are sent, from the first pass. It cannot know which of them are
// duplicates, and rejected rows only when they are mapped. As the sources are read it gives way to what was
// made of them, late and gradually: the total neither wavers with each chunk nor jumps at the end, when
// nothing is left to be made and it is exact.
func (e *expected) total() (n int64, about bool) {
	if e.exact {
		return e.all, false
	}
	if e.read <= 0 {
		return max(e.all, e.made), true
	}
	weight := math.Pow(e.read, 8)
	rest := max(0, float64(e.all-e.made))
	likeBefore := float64(e.made) / e.read * (1 - e.read)
	return e.made + int64(rest*(1-weight)+likeBefore*weight), true
}

// answered shows how many operations of a phase have an answer, and of how many. Several goroutines may use it.
type answered struct {
	progress Progress
	before   int64 // operations that had an answer when the run was resumed

	lock     sync.Mutex
	expected expected
}

// newAnswered begins to show a phase. before is how many of its operations had an answer when the run was resumed.
func newAnswered(progress Progress, name string, before int64, e expected) *answered {
	a := &answered{progress: progress, before: before, expected: e}
	a.expected.made = before
	total, about := a.expected.total()
	if about {
		progress.Phase(name, 0, Operations)
		progress.Total(total, true)
	} else {
		progress.Phase(name, total, Operations)
	}
	progress.Advance(before)
	return a
}

// made adds operations that are about to be sent, and sets the share of what they are made from that was read by then.
func (a *answered) made(operations int64, read float64) {
	a.lock.Lock()
	defer a.lock.Unlock()
	a.expected.made += operations
	a.expected.read = max(a.expected.read, min(read, 1))
	if !a.expected.exact {
		a.progress.Total(a.expected.total())
	}
}

// allMade notes that no more operations will be made.
func (a *answered) allMade() {
	a.lock.Lock()
	defer a.lock.Unlock()
	a.expected.all, a.expected.exact = a.expected.made, true
	a.progress.Total(a.expected.total())
}

// answer takes how many operations have an answer since the run began or was resumed.
func (a *answered) answer(operations int64) { a.progress.Advance(a.before + operations) }

// total returns how many operations the phase makes.
func (a *answered) total() (n int64, about bool) {
	a.lock.Lock()
	defer a.lock.Unlock()
	return a.expected.total()
}
