package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A run that is killed was in one of these phases, or in one that it logs as "sending ...".
const (
	phaseStarting = "starting" // until it reads
	phaseReading  = "reading"
	phasePlanning = "planning" // has read, and has sent nothing yet
	phaseEnding   = "ending"   // has sent everything
)

// phase is a part of a run.
type phase struct {
	name  string
	began time.Time
}

// phaseLog takes the log of a run, as JSON, and knows in which phase the run is. The zero value is not ready.
type phaseLog struct {
	mu     sync.Mutex
	text   bytes.Buffer
	parsed int // bytes of text
	phases []phase
	news   chan struct{} // tells that there may be a new phase
}

func newPhaseLog() *phaseLog {
	return &phaseLog{phases: []phase{{phaseStarting, time.Now()}}, news: make(chan struct{}, 1)}
}

// Write takes the next bytes of the log.
func (l *phaseLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	for {
		line, _, whole := bytes.Cut(l.text.Bytes()[l.parsed:], []byte("\n"))
		if !whole {
			return len(p), nil
		}
		l.parsed += len(line) + 1
		l.line(line)
	}
}

// line takes a line. What follows the end of a phase is the end of the run, until the next phase begins.
func (l *phaseLog) line(line []byte) {
	var r struct{ Msg, State string }
	if json.Unmarshal(line, &r) != nil {
		return
	}
	name := strings.TrimPrefix(r.Msg, "sending ")
	switch last := len(l.phases) - 1; {
	case r.State == "began":
		if l.phases[last].name == phaseEnding {
			l.phases = l.phases[:last]
		}
	case r.State == "done" && r.Msg == "reading":
		name = phasePlanning
	case r.State == "done" && name != r.Msg:
		name = phaseEnding
	default:
		return
	}
	l.phases = append(l.phases, phase{name, time.Now()})
	select {
	case l.news <- struct{}{}:
	default:
	}
}

func (l *phaseLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// all returns the phases until now.
func (l *phaseLog) all() []phase {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.phases)
}

// runPhases are the phases of a run that nobody has killed, and how long each took.
type runPhases struct {
	names []string // in their order
	took  map[string]time.Duration
}

// phases returns the phases of a run that has ended now.
func (l *phaseLog) runPhases() *runPhases {
	r := &runPhases{took: map[string]time.Duration{}}
	all, end := l.all(), time.Now()
	for i, one := range all {
		next := end
		if i+1 < len(all) {
			next = all[i+1].began
		}
		if !slices.Contains(r.names, one.name) {
			r.names = append(r.names, one.name)
		}
		r.took[one.name] += next.Sub(one.began)
	}
	return r
}

// at returns in which of the phases a run is, or was when it was killed.
func (r *runPhases) at(all []phase) (name string, began time.Time) {
	last := len(all) - 1
	if all[last].name == phaseEnding && last > 0 && all[last-1].name != r.names[len(r.names)-2] {
		last-- // it was between two phases
	}
	return all[last].name, all[last].began
}

// killCounts says how often runs were killed in each of their phases.
type killCounts map[string]int

func (c killCounts) String() string {
	all, total := []string(nil), 0
	for _, name := range slices.Sorted(maps.Keys(c)) {
		all, total = append(all, fmt.Sprintf("%s %d", name, c[name])), total+c[name]
	}
	return fmt.Sprintf("%d kills: %s", total, strings.Join(all, ", "))
}

// missing reports whether nobody was killed in one of the phases.
func (c killCounts) missing(r *runPhases) bool {
	return slices.ContainsFunc(r.names, func(name string) bool { return c[name] == 0 })
}

// least returns one of the phases in which fewest were killed.
func (c killCounts) least(r *runPhases) string {
	return slices.MinFunc(r.names, func(a, b string) int { return c[a] - c[b] })
}

// check logs the counts, and fails if nobody was killed in one of the phases.
func (c killCounts) check(t *testing.T, command string, r *runPhases) {
	t.Helper()
	t.Logf("%s: %s", command, c)
	if c.missing(r) {
		t.Errorf("%s was not killed in each of its phases: %q", command, r.names)
	}
}

// kill starts the program and kills it in a phase in which it was killed seldom. It returns false if the
// program ended before that.
func (k *killTrials) kill(r *runPhases) bool {
	from := 0 // a run that resumes has these behind it
	if k.furthest > slices.Index(r.names, phasePlanning) {
		from = k.furthest
	}
	target, least := "", math.MaxInt
	for _, i := range k.dice.Perm(len(r.names)) {
		name := r.names[i]
		if behind := i > slices.Index(r.names, phasePlanning) && i < from; !behind && k.counts[name] < least {
			target, least = name, k.counts[name]
		}
	}
	part := k.dice.Float64() // squared, because a run that resumes has less to do in some phases
	after := time.Duration(part * part * float64(r.took[target]))
	killed, log := k.killWhen(func(log *phaseLog) bool {
		name, began := r.at(log.all())
		return name == target && time.Since(began) >= after || slices.Index(r.names, name) > slices.Index(r.names, target)
	})
	if killed {
		name, _ := r.at(log.all())
		k.counts[name]++
		k.furthest = max(k.furthest, slices.Index(r.names, name))
	}
	return killed
}

// requestsFromNow is a moment for killWhen: when so many requests have come.
func (k *killTrials) requestsFromNow(n int64) func(*phaseLog) bool {
	after := k.box.Stats().Requests + n
	return func(*phaseLog) bool { return k.box.Stats().Requests >= after }
}

// killWhen starts the program and kills it at a moment, for which it looks each millisecond and when a phase
// begins. It returns false if the program ended before that.
func (k *killTrials) killWhen(now func(*phaseLog) bool) (bool, *phaseLog) {
	c, out := k.command()
	log := logTo(c)
	if err := c.Start(); err != nil {
		k.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case err := <-ended:
			if code := exitCodeOf(err); code != 0 && code != 3 {
				k.t.Fatalf("ended by itself with %v\n%s%s", err, out, log)
			}
			return false, log
		case <-ticker.C:
		case <-log.news:
		}
		if !now(log) {
			continue
		}
		if err := c.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			k.t.Fatal(err)
		}
		code := exitCodeOf(<-ended)
		return code != 0 && code != 3, log
	}
}

// logTo has a command log all it does.
func logTo(c *exec.Cmd) *phaseLog {
	log := newPhaseLog()
	c.Args = append(slices.DeleteFunc(c.Args, func(arg string) bool { return arg == "--quiet" }), "--log-format", "json")
	c.Stderr = log
	return log
}
