package transfer

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/synthetic"
	"ph2cio/internal/transfer/deliver"
)

// shownPhases records how far each phase of sending was.
type shownPhases struct {
	silent
	lock   sync.Mutex
	phases []shownPhase
	errs   []error
}

type shownPhase struct {
	name        string
	total, done int64
	about       bool
	advanced    []int64
	ended       bool
}

func (s *shownPhases) Phase(name string, total int64, _ Unit) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.phases = append(s.phases, shownPhase{name: name, total: total})
}

func (s *shownPhases) Total(n int64, about bool) {
	s.now(func(p *shownPhase) { p.total, p.about = n, about })
}

func (s *shownPhases) Advance(done int64) {
	s.now(func(p *shownPhase) {
		p.done = done
		p.advanced = append(p.advanced, done)
		if done > p.total && strings.HasPrefix(p.name, "sending") {
			s.errs = append(s.errs, fmt.Errorf("%s: %d of %d", p.name, done, p.total))
		}
	})
}

func (s *shownPhases) Done() { s.now(func(p *shownPhase) { p.ended = true }) }

// now does something to the phase that is shown.
func (s *shownPhases) now(do func(*shownPhase)) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if n := len(s.phases); n > 0 && !s.phases[n-1].ended {
		do(&s.phases[n-1])
	}
}

// check returns an error if a phase was further than its total, or if a run that came to its end did not show all of it.
func (s *shownPhases) check(whole bool) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	errs := s.errs
	for _, p := range s.phases {
		if whole && strings.HasPrefix(p.name, "sending") && (p.done != p.total || p.about) {
			errs = append(errs, fmt.Errorf("%s ended at %d of %d", p.name, p.done, p.total))
		}
	}
	return errors.Join(errs...)
}

func (s *shownPhases) phase(t *testing.T, name string) *shownPhase {
	t.Helper()
	for i := range s.phases {
		if s.phases[i].name == name {
			return &s.phases[i]
		}
	}
	t.Fatalf("no phase %q among %+v", name, s.phases)
	return nil
}

// TestProgressCountsAnswers holds that progress is of operations with an answer: while the first request is tried again,
// it stays at nothing, with the total known.
func TestProgressCountsAnswers(t *testing.T) {
	path := writeSynthetic(t, synthetic.Options{Rows: 400, People: 30, Seed: 7})
	store := openStore(t, t.TempDir())
	defer store.Close()
	plan := newPlan(t, mapping.Options{}, path)
	shown := &shownPhases{}
	plan.Progress = shown
	first := firstPassOf(t, store, plan)
	defer first.Close()
	left := leftOf(t, plan, first)
	plan.Ledger = begunIn(t, store, first)
	plan.to(t, newSandbox(sandbox.Faults{}))
	plan.BatchItems = 50
	summary, err := Send(t.Context(), first, plan.Delivery)
	if err := errors.Join(err, shown.check(true)); err != nil {
		t.Fatal(err)
	}
	people, events := shown.phase(t, "sending people"), shown.phase(t, "sending events")
	if people.total != summary.People.Sent || people.total != left.People || people.total == 0 {
		t.Errorf("people: %d shown, %d left before, %d sent", people.total, left.People, summary.People.Sent)
	}
	if events.total != summary.Rows.Sent || events.total == 0 {
		t.Errorf("events: %d shown, %d sent", events.total, summary.Rows.Sent)
	}
	if len(events.advanced) < 3 || events.advanced[0] != 0 || events.advanced[1] != 50 {
		t.Errorf("events advanced by %v", events.advanced)
	}
}

// TestEstimatesGiveWayGradually has estimates that are too high, too low and right: no total is below what was made, none
// jumps, and the last one is right.
func TestEstimatesGiveWayGradually(t *testing.T) {
	const chunks, each = 200, 1000
	for _, estimate := range []int64{0, 1, chunks * each / 2, chunks * each * 9 / 10, chunks * each, chunks * each * 11 / 10, chunks * each * 2} {
		shown := &shownPhases{}
		a := newAnswered(shown, "sending events", 0, expected{all: estimate})
		before, about := a.total()
		for i := range chunks {
			a.made(each, float64(i+1)/chunks)
			now, _ := a.total()
			if made := int64(i+1) * each; now < made {
				t.Fatalf("estimate %d: %d made of %d", estimate, made, now)
			}
			limit := float64(each) + 8*math.Abs(float64(estimate-chunks*each))/chunks
			if math.Abs(float64(now-before)) > limit {
				t.Errorf("estimate %d: from %d to %d after chunk %d", estimate, before, now, i)
			}
			before = now
		}
		if !about {
			t.Error("an estimate is taken to be exact")
		}
		a.answer(chunks * each)
		a.allMade()
		if now, about := a.total(); now != chunks*each || about {
			t.Errorf("estimate %d: %d at the end", estimate, now)
		}
		if err := shown.check(true); err != nil {
			t.Error(err)
		}
	}
}

// notes records the last note.
type notes struct {
	silent
	last string
}

func (n *notes) Note(text string) { n.last = text }

// TestReadingIsShownWhileNothingIsSent has a large export with few events: once nothing has been under way for a while, the
// progress says how much was read.
func TestReadingIsShownWhileNothingIsSent(t *testing.T) {
	shown := &notes{}
	p := &eventsPhase{run: &run{progress: shown, first: &FirstPass{Bytes: 1000}}}
	delivery := deliver.New(t.Context(), deliver.Options{}, nil, deliver.Counters{})
	defer delivery.Close()
	out := delivery.Begin(deliver.Spec{Phase: ledger.Events})
	p.noteReading(out, 10)
	if shown.last != "" {
		t.Errorf("at first it says %q", shown.last)
	}
	p.sending = time.Now().Add(-3 * time.Second)
	p.noteReading(out, 340)
	if shown.last != "34% read" {
		t.Errorf("after 3 s it says %q", shown.last)
	}
}
