package customerio

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// arrivals notes when requests come.
type arrivals struct {
	lock sync.Mutex
	at   []time.Time
}

func (a *arrivals) note() {
	a.lock.Lock()
	defer a.lock.Unlock()
	a.at = append(a.at, time.Now())
}

func (a *arrivals) count() int {
	a.lock.Lock()
	defer a.lock.Unlock()
	return len(a.at)
}

// busiest is the most arrivals within any second.
func (a *arrivals) busiest() int {
	most, first := 0, 0
	for i, at := range a.at {
		for at.Sub(a.at[first]) > time.Second {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// drive keeps InFlight requests under way for a while, as a run does, and waits for the last answer.
func drive(t *testing.T, s Sender, pace *Pace, d time.Duration) {
	start := time.Now()
	done := make(chan struct{})
	underway := 0
	for time.Since(start) < d {
		for underway < pace.InFlight() {
			underway++
			go func() {
				_, _ = s.Send(t.Context(), numbered(1))
				done <- struct{}{}
			}()
		}
		<-done
		underway--
	}
	for ; underway > 0; underway-- {
		<-done
	}
}

func TestPaceReachesItsRateAndKeepsIt(t *testing.T) {
	for _, c := range []struct {
		rate  float64
		delay time.Duration
	}{{50, 200 * time.Millisecond}, {10, 90 * time.Millisecond}, {3, 2 * time.Second}, {0.5, time.Second}, {100, 20 * time.Millisecond}} {
		synctest.Test(t, func(t *testing.T) {
			var seen arrivals
			pace := NewPace(c.rate)
			drive(t, Paced(newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
				seen.note()
				pause(r, c.delay)
				answering(200, "{}")(w, r)
			}), pace), pace, 20*time.Second)
			if n := seen.busiest(); float64(n) > c.rate+1 {
				t.Errorf("rate %v: %d requests in one second", c.rate, n)
			}
			during := 0
			for _, at := range seen.at {
				if at.Sub(seen.at[0]) < 20*time.Second {
					during++
				}
			}
			if float64(during) < 0.95*c.rate*20 {
				t.Errorf("rate %v, delay %v: %d requests in 20 s", c.rate, c.delay, during)
			}
		})
	}
}

// TestNoSecondHasMoreStartsThanTheRate sends requests at any times: after an idle time there is no burst.
func TestNoSecondHasMoreStartsThanTheRate(t *testing.T) {
	for seed := range uint64(60) {
		for _, rate := range []float64{0.5, 1, 1.5, 7, 50, 120} {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 0))
				pace := NewPace(rate)
				var seen arrivals
				for end := time.Now().Add(4 * time.Second); time.Now().Before(end); {
					if random.IntN(20) == 0 {
						time.Sleep(time.Duration(random.IntN(400)) * time.Millisecond)
					}
					if err := pace.wait(t.Context()); err != nil {
						t.Fatal(err)
					}
					seen.note()
				}
				if n := seen.busiest(); float64(n) > rate+1 {
					t.Fatalf("seed %d: %d requests started in one second at rate %v", seed, n, rate)
				}
			})
		}
	}
}

// A server that allows 20 requests per second, of which 20 may come at once, meets a pace of 50.
func TestPaceFindsWhatTheServerAllows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const allowed, warm, long = 20, 15 * time.Second, 120 * time.Second
		start := time.Now()
		var lock sync.Mutex
		tokens, last := float64(allowed), start
		var good, throttled int
		pace := NewPace(50)
		drive(t, Paced(newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
			lock.Lock()
			now := time.Now()
			tokens = min(allowed, tokens+now.Sub(last).Seconds()*allowed)
			last = now
			refused := tokens < 1
			if !refused {
				tokens--
			}
			if now.Sub(start) > warm && refused {
				throttled++
			} else if now.Sub(start) > warm {
				good++
			}
			lock.Unlock()
			pause(r, 100*time.Millisecond)
			if refused {
				answering(429, "")(w, r)
			} else {
				answering(200, "{}")(w, r)
			}
		}), pace), pace, long)
		share := float64(throttled) / float64(good+throttled)
		used := float64(good) / (allowed * (long - warm).Seconds())
		t.Logf("%.1f%% answered 429, %.0f%% of what is allowed was used", 100*share, 100*used)
		if share > 0.05 || used < 0.85 {
			t.Errorf("%.1f%% answered 429, %.0f%% of what is allowed was used", 100*share, 100*used)
		}
	})
}

var throttled = &APIError{Status: http.StatusTooManyRequests}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestPaceFallsOnceASecondAndNotBelowOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace(10)
		for range 5 {
			pace.observe(time.Millisecond, throttled)
			time.Sleep(100 * time.Millisecond)
		}
		if !near(pace.Rate(), 7) {
			t.Errorf("%v after 429s within a second", pace.Rate())
		}
		time.Sleep(time.Second)
		pace.observe(time.Millisecond, throttled)
		if !near(pace.Rate(), 4.9) {
			t.Errorf("%v after another second", pace.Rate())
		}
		for range 30 {
			time.Sleep(time.Second)
			pace.observe(time.Millisecond, throttled)
		}
		if pace.Rate() != 1 {
			t.Errorf("%v in the end", pace.Rate())
		}
		slow := NewPace(0.25)
		slow.observe(time.Millisecond, throttled)
		if slow.Rate() != 0.25 {
			t.Errorf("a rate under 1 fell to %v", slow.Rate())
		}
	})
}

func TestPaceRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for top, step := range map[float64]float64{100: 1, 10: 1, 2: 0.2} {
			pace := NewPace(top)
			pace.observe(0, throttled)
			fallen := pace.Rate()
			for range 9 { // less than a second
				time.Sleep(100 * time.Millisecond)
				pace.observe(time.Millisecond, nil)
			}
			if pace.Rate() != fallen {
				t.Errorf("rate %v recovered after 0.9 s", top)
			}
			for range 10 {
				time.Sleep(100 * time.Millisecond)
				pace.observe(time.Millisecond, nil)
			}
			if want := min(top, fallen+step); !near(pace.Rate(), want) {
				t.Errorf("rate %v is %v after a clean second, want %v", top, pace.Rate(), want)
			}
			for range 100 {
				time.Sleep(time.Second)
				pace.observe(0, errors.New("no answer"))
			}
			if want := min(top, fallen+step); !near(pace.Rate(), want) {
				t.Errorf("rate %v recovered to %v without an answer", top, pace.Rate())
			}
			for range 100 {
				time.Sleep(time.Second)
				pace.observe(time.Millisecond, nil)
			}
			if pace.Rate() != top {
				t.Errorf("rate %v recovered to %v", top, pace.Rate())
			}
		}
	})
}

func TestAFallenRateHoldsForThoseWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := NewPace(10)
		var seen arrivals
		for range 11 {
			go func() {
				if pace.wait(t.Context()) == nil {
					seen.note()
				}
			}()
		}
		synctest.Wait()
		for range 10 { // down to 1 a second
			pace.lock.Lock()
			pace.fell = time.Time{}
			pace.fall(time.Now())
			pace.lock.Unlock()
		}
		time.Sleep(3500 * time.Millisecond)
		synctest.Wait()
		if n := seen.count(); n < 4 || n > 5 {
			t.Errorf("%d requests in 3.5 s at 1 a second", n)
		}
		time.Sleep(time.Minute)
	})
}

func TestInFlightIsWhatTheRateNeeds(t *testing.T) {
	feed := func(p *Pace, n int, latency time.Duration) {
		for range n {
			p.observe(latency, nil)
		}
	}
	for _, c := range []struct {
		name  string
		rate  float64
		learn func(*Pace)
		want  int
	}{
		{"before the first answer", 50, func(*Pace) {}, 38},
		{"the default before the first answer", 10, func(*Pace) {}, 8},
		{"200 ms", 50, func(p *Pace) { feed(p, 5, 200*time.Millisecond) }, 15},
		{"at least one", 10, func(p *Pace) { feed(p, 1, time.Microsecond) }, 1},
		{"at most 64", 50, func(p *Pace) { feed(p, 1, 20*time.Second) }, 64},
		{"one slow in twenty-one", 50, func(p *Pace) { feed(p, 20, 200*time.Millisecond); feed(p, 1, 9*time.Second) }, 15},
		{"two slow in twenty", 20, func(p *Pace) { feed(p, 18, 200*time.Millisecond); feed(p, 2, time.Second) }, 30},
		{"slow ones forgotten", 50, func(p *Pace) { feed(p, 500, 9*time.Second); feed(p, remembered, 200*time.Millisecond) }, 15},
		{"quick refusals", 50, func(p *Pace) {
			for range 50 {
				p.observe(time.Millisecond, &APIError{Status: 503})
			}
		}, 38},
		{"fixed", 50, func(p *Pace) { p.FixInFlight(7); feed(p, 5, time.Second) }, 7},
		{"fixed no more", 50, func(p *Pace) { p.FixInFlight(7); p.FixInFlight(0) }, 38},
		{"fallen", 10, func(p *Pace) { p.observe(0, throttled) }, 6},
	} {
		pace := NewPace(c.rate)
		c.learn(pace)
		if got := pace.InFlight(); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestWaitingForATurnEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		why := &interruption{"the test"}
		pace := NewPace(0.01)
		sender := Paced(newTestClient(t, answering(200, "{}")), pace)
		if _, err := sender.Send(t.Context(), numbered(1)); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(why) })
		start := time.Now()
		errs := make(chan error)
		for range 3 { // one waits on the limiter, the others for the turn
			go func() {
				receipt, err := sender.Send(ctx, numbered(2))
				if len(receipt.Unsent) != 2 {
					t.Error("not all unsent")
				}
				errs <- err
			}()
		}
		for range 3 {
			if err := <-errs; !findsCause(ctx, err) || time.Since(start) != time.Second {
				t.Errorf("%v after %s", err, time.Since(start))
			}
		}
		short, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if _, err := sender.Send(short, numbered(1)); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

func TestAPaceIsPositive(t *testing.T) {
	for _, rate := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a pace of %v", rate)
				}
			}()
			NewPace(rate)
		}()
	}
}
