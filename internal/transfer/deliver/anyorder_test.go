package deliver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// outcome is what becomes of a row.
type outcome int

const (
	accepted     outcome = iota // by the API
	refusedByAPI                // by the API
	rejected                    // by our own check
	skipped
	waiting // skipped, for a later run
)

// world is an export, what the API knows of it and what the state has saved. Sessions of a run are played in
// it.
type world struct {
	rows    []outcome
	places  int            // requests that may be under way
	items   int            // operations in one batch at most
	answers map[uint64]int // how often the API has decided about an operation

	saved    ledger.Position
	counters Counters
	sent     map[uint64]bool // events that checkpoints hold as accepted
	rejects  map[uint64]bool // rows that checkpoints hold as rejected
	held     int             // waiting rows in checkpoints

	broken []string // what did not hold
}

var errCrash = errors.New("crash")

// session is one process: it resumes the run and ends with the run or by a crash.
type session struct {
	*world
	schedule
	crash time.Time // from then on nothing is answered or saved

	lock     sync.Mutex // guards the following and the world, until the session ends
	requests [][]uint64
	heard    map[uint64]bool // operations with an answer
}

// schedule is how long everything takes in a session. Each list is used over and over.
type schedule struct {
	lasts                    time.Duration // until the crash
	latency, saving, pausing []time.Duration
	parts                    []int // rows of each result
}

var durations = rapid.SampledFrom([]time.Duration{0, time.Millisecond, 7 * time.Millisecond, 40 * time.Millisecond, 1500 * time.Millisecond})

func drawSchedule(r *rapid.T, lasts time.Duration) schedule {
	return schedule{
		lasts:   lasts,
		latency: rapid.SliceOfN(durations, 1, 12).Draw(r, "latencies"),
		saving:  rapid.SliceOfN(durations, 1, 12).Draw(r, "saves take"),
		pausing: rapid.SliceOfN(rapid.SampledFrom([]time.Duration{0, 0, 0, 3 * time.Millisecond, 100 * time.Millisecond}), 1, 12).Draw(r, "reading takes"),
		parts:   rapid.SliceOfN(rapid.IntRange(1, 5), 1, 12).Draw(r, "rows of parts"),
	}
}

// answer answers a request after a while. In a crash a request under way may have reached the API or not.
func (s *session) answer(_ context.Context, refs []uint64) (r customerio.Receipt, err error) {
	call := s.start(refs)
	time.Sleep(s.latency[call%len(s.latency)])
	s.lock.Lock()
	defer s.lock.Unlock()
	if !time.Now().Before(s.crash) {
		return customerio.Receipt{Unsent: refs}, errCrash
	}
	if !decidesAtOnce(call) {
		s.decide(refs)
	}
	for i, ref := range refs {
		s.heard[ref] = true
		if s.rows[ref] == refusedByAPI {
			r.Rejections = append(r.Rejections, customerio.Rejection{Ref: ref, Index: i, Reason: "invalid"})
		}
	}
	return r, nil
}

// start notes that a request has started, and returns its number.
func (s *session) start(refs []uint64) (call int) {
	s.lock.Lock()
	defer s.lock.Unlock()
	call = len(s.requests)
	s.requests = append(s.requests, refs)
	s.checkRoom()
	if time.Now().Before(s.crash) && decidesAtOnce(call) {
		s.decide(refs)
	}
	return call
}

// decidesAtOnce reports whether the API takes a request when it starts, and only the answer takes long.
func decidesAtOnce(call int) bool { return call%2 == 0 }

func (s *session) decide(refs []uint64) {
	for _, ref := range refs {
		s.answers[ref]++
	}
}

// checkRoom checks that no more requests are under way or unsaved than may be.
func (s *session) checkRoom() {
	isOpen := func(ref uint64) bool { return !s.sent[ref] && !s.rejects[ref] }
	open := 0
	for _, refs := range s.requests {
		if slices.ContainsFunc(refs, isOpen) {
			open++
		}
	}
	if open > s.places {
		s.broken = append(s.broken, "more requests are under way or unsaved than may be")
	}
}

// Save saves a step after a while, unless the process has crashed, and checks what it claims.
func (s *session) Save(step *ledger.Step, _ time.Time) error {
	time.Sleep(s.saving[len(step.Sent)%len(s.saving)])
	s.lock.Lock()
	defer s.lock.Unlock()
	if !time.Now().Before(s.crash) {
		return errCrash
	}
	for _, one := range step.Sent {
		ref := refOf(one)
		if !s.heard[ref] || s.sent[ref] || s.rows[ref] != accepted {
			s.broken = append(s.broken, "an event is saved as accepted that was not, or twice")
		}
		s.sent[ref] = true
	}
	for _, one := range step.Rejects {
		if s.rejects[one.Number] || s.rows[one.Number] == refusedByAPI && !s.heard[one.Number] {
			s.broken = append(s.broken, "a row is saved as rejected that was not, or twice")
		}
		s.rejects[one.Number] = true
	}
	s.held += len(step.Waiting)
	s.saved, s.counters = step.Position, Counters{}
	if err := json.Unmarshal(step.Counters, &s.counters); err != nil {
		s.broken = append(s.broken, err.Error())
	}
	s.checkCut()
	return nil
}

// checkCut checks that the position, the counters and everything else that is saved are one cut.
func (s *session) checkCut() {
	var want, got struct{ read, accepted, refused, rejected, skipped, waiting int }
	for n := range s.rows {
		number, is := uint64(n), s.rows[n]
		operation := is == accepted || is == refusedByAPI
		done := number < s.saved.Next // a row without an operation may lie between two that are listed as open
		if operation {
			done = s.saved.Done(number)
		}
		if operation && done != (s.sent[number] || s.rejects[number]) {
			s.broken = append(s.broken, "the position does not list exactly the operations without a saved answer")
		}
		if !done {
			continue
		}
		want.read++
		switch is {
		case accepted:
			want.accepted++
		case refusedByAPI:
			want.refused++
			want.rejected++
		case rejected:
			want.rejected++
		case skipped:
			want.skipped++
		case waiting:
			want.skipped++
			want.waiting++
		}
	}
	c := &s.counters
	got.read, got.accepted, got.refused = int(c.Read), int(c.Accepted[customerio.Event]), int(c.Refused[customerio.Event])
	got.rejected, got.skipped, got.waiting = int(Sum(c.Rejected)), int(Sum(c.Skipped)), s.held
	if got != want {
		s.broken = append(s.broken, fmt.Sprintf("the counters are of another cut than the position %+v: %+v, want %+v", s.saved, got, want))
	}
}

// results cuts the rows into results, as they are for a run that resumes at a position: what it has counted
// before is not counted again.
func (s *session) results(from ledger.Position) (all []*Result) {
	for start := 0; start < len(s.rows); {
		end := min(len(s.rows), start+s.parts[len(all)%len(s.parts)])
		if uint64(start) < from.Next {
			end = min(end, int(from.Next))
		}
		r := &Result{End: uint64(end)}
		for n := start; n < end; n++ {
			s.add(r, uint64(n), from)
		}
		all = append(all, r)
		start = end
	}
	return all
}

func (s *session) add(r *Result, n uint64, from ledger.Position) {
	is, again := s.rows[n], n < from.Next
	switch {
	case is == accepted || is == refusedByAPI:
		if from.Done(n) {
			return
		}
		r.Operations, r.Marks = append(r.Operations, event(n)), append(r.Marks, Mark{})
		r.Rows.Read++
	case again:
	case is == rejected:
		r.Rejects = append(r.Rejects, Reject{Number: n, Reason: "not_json"})
		r.Rows.Read++
	default:
		if is == waiting {
			r.Waiting = append(r.Waiting, ledger.Waiting{Source: int(n)})
		}
		r.Rows.Skip("noise", 1)
	}
}

// play runs a session to its end and checks that its counts add up.
func (w *world) play(t *testing.T, plan schedule) (err error) {
	s := &session{world: w, schedule: plan, crash: time.Now().Add(plan.lasts), heard: map[uint64]bool{}}
	d := New(t.Context(), Options{
		Sender: &sender{answer: s.answer}, InFlight: inFlight(w.places), BatchItems: w.items, Grace: time.Second,
	}, s, w.counters)
	defer d.Close()
	from := w.saved
	p := d.Begin(Spec{Phase: ledger.Events, From: from})
	for i, r := range s.results(from) {
		time.Sleep(s.pausing[i%len(s.pausing)])
		if err = p.Deliver(r); err != nil {
			break
		}
	}
	err = p.End(err)
	if broken := d.Counts().Check(); broken != nil {
		w.broken = append(w.broken, broken.Error())
	}
	return err
}

// checkEnd holds, of a run that came to its end after so many sessions, that everything was decided about,
// and again only what was unsaved in a crash. It returns how many operations that were.
func (w *world) checkEnd(sessions int) (repeated int) {
	operations := 0
	for n, is := range w.rows {
		if is == accepted || is == refusedByAPI {
			operations++
			repeated += w.answers[uint64(n)] - 1
		}
	}
	if most := sessions * w.places * w.items; len(w.answers) != operations || repeated > most {
		w.broken = append(w.broken, fmt.Sprintf("the API has decided about %d of %d operations, and %d times again; at most %d", len(w.answers), operations, repeated, most))
	}
	if w.saved.Next != uint64(len(w.rows)) || len(w.saved.Open) > 0 || w.counters.Read != int64(len(w.rows)) {
		w.broken = append(w.broken, fmt.Sprintf("the end is saved as %+v with %d of %d rows", w.saved, w.counters.Read, len(w.rows)))
	}
	return repeated
}

// TestCheckpointsAreTrueInAnyOrderOfAnswers plays runs whose answers and saves take all kinds of time, so
// that they come in any order, and which crash. Each checkpoint must be one cut: it never claims an operation
// that was not acknowledged, lists exactly those without an answer, and counts exactly what lies before them.
// At most as many requests as may be under way are unsaved, so no crash makes more than those be sent again.
func TestCheckpointsAreTrueInAnyOrderOfAnswers(t *testing.T) {
	crashes, again := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		w := &world{
			rows:   rapid.SliceOfN(rapid.SampledFrom([]outcome{accepted, accepted, accepted, refusedByAPI, rejected, skipped, waiting}), 1, 40).Draw(r, "rows"),
			places: rapid.IntRange(1, 5).Draw(r, "places"), items: rapid.SampledFrom([]int{1, 1, 3}).Draw(r, "batch items"),
			answers: map[uint64]int{}, sent: map[uint64]bool{}, rejects: map[uint64]bool{},
		}
		var plans []schedule
		for range rapid.IntRange(0, 4).Draw(r, "crashes") {
			plans = append(plans, drawSchedule(r, time.Duration(rapid.IntRange(0, 200).Draw(r, "lasts"))*time.Millisecond))
		}
		plans = append(plans, drawSchedule(r, time.Hour))
		synctest.Test(t, func(t *testing.T) {
			for i, plan := range plans {
				err := w.play(t, plan)
				if err != nil && i+1 == len(plans) {
					w.broken = append(w.broken, fmt.Sprintf("the last session ended with %v", err))
				} else if err != nil {
					crashes++
				}
			}
			again += w.checkEnd(len(plans))
		})
		if len(w.broken) > 0 {
			r.Fatalf("%s", w.broken[0])
		}
	})
	if crashes == 0 || again == 0 {
		t.Errorf("%d crashes, after which %d operations were sent again: nothing was tried", crashes, again)
	}
}
