package customerio

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// stormy answers 503 from one moment to another, and notes when requests come.
type stormy struct {
	from, to time.Time
	seen     arrivals
	during   arrivals
}

func (s *stormy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.seen.note()
	pause(r, 100*time.Millisecond)
	if now := time.Now(); now.After(s.from) && now.Before(s.to) {
		s.during.note()
		answering(503, "busy")(w, r)
		return
	}
	answering(200, "{}")(w, r)
}

// A destination that fails for half a minute gets no more than a fifth more requests, and the work continues
// when it is back.
func TestAStormIsNotAnsweredWithMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		api := &stormy{from: start.Add(30 * time.Second), to: start.Add(60 * time.Second)}
		pace, tally := NewPace(50), new(Tally)
		pace.FixInFlight(64)
		sender := Retried(Paced(newTestClient(t, api.ServeHTTP), pace), Policy{Tally: tally})
		driven := 0
		counting := senderFunc(func(ctx context.Context, b *Batch) (Receipt, error) {
			receipt, err := sender.Send(ctx, b)
			if err != nil {
				t.Error(err)
			}
			return receipt, err
		})
		drive(t, counting, pace, 90*time.Second)
		driven = api.seen.count() - int(tally.Retries.Load())
		// Those under way when it begins, what may follow each other at once, and one a second.
		if n := api.during.count(); n > 64+budgetSize+31 || n < 64 {
			t.Errorf("%d requests in 30 s of 503", n)
		}
		if sent := api.seen.count(); float64(sent) > 1.2*float64(driven) {
			t.Errorf("%d requests for %d batches", sent, driven)
		}
		if n := after(&api.seen, api.to.Add(10*time.Second), api.to.Add(30*time.Second)); n < 900 {
			t.Errorf("%d requests in 20 s, 10 s after it was back", n)
		}
	})
}

// after counts the arrivals from one moment to another.
func after(a *arrivals, from, to time.Time) (n int) {
	a.lock.Lock()
	defer a.lock.Unlock()
	for _, at := range a.at {
		if at.After(from) && at.Before(to) {
			n++
		}
	}
	return n
}

func TestWhatFailsNowAndThenIsNotHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget()
		start := time.Now()
		for range 1000 { // every tenth fails once
			for range 9 {
				b.giveBack(false)
			}
			if !b.take(t.Context()) {
				t.Fatal("not allowed")
			}
			b.giveBack(true)
		}
		if time.Since(start) != 0 {
			t.Errorf("held back for %s", time.Since(start))
		}
	})
}

func TestTheBudgetIsFilledByTimeAndByAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget()
		start := time.Now()
		for range budgetSize + 10 {
			b.take(t.Context())
		}
		if elapsed := time.Since(start).Round(100 * time.Millisecond); elapsed != 10*time.Second {
			t.Errorf("ten more than there were took %s", elapsed)
		}
		go func() {
			time.Sleep(300 * time.Millisecond)
			b.giveBack(true)
		}()
		start = time.Now()
		b.take(t.Context())
		if elapsed := time.Since(start); elapsed != 300*time.Millisecond {
			t.Errorf("what came back was taken after %s", elapsed)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
		defer cancel()
		go b.take(t.Context())
		if b.take(ctx) {
			t.Error("allowed after the end of its context")
		}
		time.Sleep(time.Hour)
		if b.spend(time.Now()); b.left != budgetSize-1 {
			t.Errorf("%v left after an hour", b.left+1)
		}
	})
}

// A batch that the budget holds back is given up when the policy's time is over, and not before.
func TestTheBudgetDoesNotHoldLongerThanThePolicy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		policy := Policy{Elapsed: 3 * time.Second, Attempts: 1000, Base: time.Millisecond, Cap: time.Millisecond, budget: newBudget()}
		policy.budget.left = 0.5
		start := time.Now()
		err := policy.Do(t.Context(), func() error { return &APIError{Status: 503} })
		if _, ok := err.(*GaveUpError); !ok || time.Since(start) > 3*time.Second || time.Since(start) < 2500*time.Millisecond {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		why := &interruption{"the test"}
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(200*time.Millisecond, func() { cancel(why) })
		policy.budget.left = 0
		start = time.Now()
		err = policy.Do(ctx, func() error { return &APIError{Status: 503} })
		if !findsCause(ctx, err) || time.Since(start) != 200*time.Millisecond {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	})
}
