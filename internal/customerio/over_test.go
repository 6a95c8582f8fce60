package customerio

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ph2cio/internal/sandbox"
)

// observed counts the requests after the first answer with a status.
type observed struct {
	next   http.RoundTripper
	status int

	lock   sync.Mutex
	over   bool
	before int
	later  int
}

func (w *observed) RoundTrip(r *http.Request) (*http.Response, error) {
	w.lock.Lock()
	if w.over {
		w.later++
	} else {
		w.before++
	}
	w.lock.Unlock()
	answer, err := w.next.RoundTrip(r)
	if err == nil && answer.StatusCode == w.status {
		w.lock.Lock()
		w.over = true
		w.lock.Unlock()
	}
	return answer, err
}

// When a key is revoked while sixteen batches wait, for their turn or to be retried, at most two more
// requests are sent, and no batch waits any longer.
func TestAfterARefusalOfTheCredentialsNothingStarts(t *testing.T) {
	for _, status := range []int{401, 403, 307} {
		synctest.Test(t, func(t *testing.T) {
			box := sandbox.New(sandbox.Options{SiteID: canarySite, APIKey: canaryKey, Faults: sandbox.Faults{
				Delay: sandbox.Duration(150 * time.Millisecond),
				Answers: []sandbox.Answer{
					{After: 20, Status: status},
					{Probability: 0.4, Seed: 3, Status: 503, RetryAfter: "4"},
				},
			}})
			seen := &observed{next: sandbox.InProcess(box), status: status}
			pace := NewPace(20)
			sender := Retried(Paced(newTestClientOver(t, seen, nil), pace), Policy{Over: pace.Over()})
			var ended sync.WaitGroup
			var first sync.Once
			var last time.Time
			for range 16 {
				ended.Go(func() {
					for {
						receipt, err := sender.Send(t.Context(), numbered(2))
						if err == nil {
							continue
						}
						first.Do(func() { last = time.Now() })
						api, ok := asAPIError(err)
						if !ok || api.Status != status || len(receipt.Unsent) != 2 || Temporary(err) {
							t.Errorf("%d: %v, %d unsent", status, err, len(receipt.Unsent))
						}
						return
					}
				})
			}
			ended.Wait()
			// Requests under way are answered; no batch waits any longer.
			if elapsed := time.Since(last); elapsed > 200*time.Millisecond {
				t.Errorf("%d: it took %s more", status, elapsed)
			}
			if seen.later > 2 || seen.before < 16 {
				t.Errorf("%d: %d requests before it, %d after", status, seen.before, seen.later)
			}
			if _, err := sender.Send(t.Context(), numbered(1)); err == nil || seen.later > 2 {
				t.Errorf("%d: another one later: %v", status, err)
			}
		})
	}
}

// A long Retry-After delays all requests, a short one the request that got it.
func TestALongRetryAfterHoldsEverybody(t *testing.T) {
	for _, c := range []struct {
		status int
		asks   string
		held   time.Duration
	}{{429, "60", time.Minute}, {503, "20", 20 * time.Second}, {429, "86400", MaxRetryAfter}, {429, "5", 0}, {503, "1", 0}} {
		synctest.Test(t, func(t *testing.T) {
			var seen arrivals
			requested := false
			pace := NewPace(10)
			client := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
				seen.note()
				if !requested {
					requested = true
					answering(c.status, "", "Retry-After", c.asks)(w, r)
					return
				}
				answering(200, "{}")(w, r)
			})
			sender := Retried(Paced(client, pace), Policy{Over: pace.Over()})
			var all sync.WaitGroup
			start := time.Now()
			for range 30 {
				all.Go(func() {
					if _, err := sender.Send(t.Context(), numbered(1)); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if first := seen.at[1].Sub(start); first < c.held || first > c.held+2*time.Second {
				t.Errorf("%d %s: the second request came after %s", c.status, c.asks, first)
			}
			if n := seen.busiest(); n > 11 {
				t.Errorf("%d %s: %d requests in one second", c.status, c.asks, n)
			}
		})
	}
}

// All waits end when the run is interrupted.
func TestAHoldEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace(10)
		pace.observe(0, &APIError{Status: 429, RetryAfter: MaxRetryAfter})
		start := time.Now()
		ctx, why := interruptedIn(t, time.Second)
		if err := pace.wait(ctx); err != why || time.Since(start) != time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
	})
}

// interruptedIn is a context that is interrupted after some time, and its cause.
func interruptedIn(t *testing.T, d time.Duration) (context.Context, error) {
	why := &interruption{"the test"}
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(d, func() { cancel(why) })
	return ctx, why
}
