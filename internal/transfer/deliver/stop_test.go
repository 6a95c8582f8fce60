package deliver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

var (
	errStopped  = errors.New("stopped by a signal")
	errDisk     = errors.New("disk full")
	errRejected = errors.New("unauthorized")
)

// steps are the moments at which something can end a phase, one after another: each request, and each save.
type steps struct {
	api   sender
	state book
	n     int
	end   int // the step at which it ends
	stop  func() error
}

// step returns the error of the phase's end if it is the moment.
func (s *steps) step() error {
	s.api.lock.Lock()
	s.n++
	now := s.n == s.end
	s.api.lock.Unlock()
	time.Sleep(3 * time.Millisecond)
	if now {
		return s.stop()
	}
	return nil
}

// play delivers 20 events with a reject and a waiting row among them, and returns what ended the phase. At a
// step between 1 and the last it is stopped.
func (s *steps) play(t *testing.T, ctx context.Context) (*Delivery, error) {
	s.api.answer = func(_ context.Context, refs []uint64) (r customerio.Receipt, err error) {
		if err = s.step(); err != nil {
			r.Unsent = refs
		}
		return r, err
	}
	s.state.before = func(*ledger.Step) error { return s.step() }
	d := New(ctx, Options{Sender: &s.api, InFlight: inFlight(3), BatchItems: 1, Grace: time.Minute}, &s.state, Counters{})
	defer d.Close()
	answered, sent := int64(0), int64(0)
	p := d.Begin(Spec{Phase: ledger.Events, Progress: func(n, rows, _ int64) { answered, sent = n, rows }})
	var err error
	for ref := uint64(0); ref < 20 && err == nil; ref += 2 {
		r := part(ref)
		r.End, r.Rows.Read = ref+2, 2
		r.Rejects = []Reject{{Number: ref + 1, Reason: "not_json"}}
		err = p.Deliver(r)
	}
	err = p.End(err)
	if accepted := Sum(d.Counts().Accepted); answered != accepted || sent != accepted {
		t.Errorf("stopped at step %d: the progress is %d, with %d sent, but %d were accepted", s.end, answered, sent, accepted)
	}
	if broken := d.Counts().Check(); broken != nil {
		t.Errorf("stopped at step %d: %v", s.end, broken)
	}
	s.checkSaved(t)
	return d, err
}

// checkSaved checks that the last checkpoint claims no more than what was accepted, and that nothing was
// saved after an error.
func (s *steps) checkSaved(t *testing.T) {
	done := map[uint64]bool{}
	for _, step := range s.state.steps {
		for _, one := range step.Sent {
			done[refOf(one)] = true
		}
		for ref := uint64(0); ref < 20; ref += 2 {
			if step.Position.Done(ref) != done[ref] {
				t.Errorf("stopped at step %d: event %d is done %v in %+v, want %v", s.end, ref, step.Position.Done(ref), step.Position, done[ref])
			}
		}
	}
}

// TestAStopAtAnyStep ends the phase in each of its requests and saves: by an interruption, whose requests
// under way still get their answers, by an error of the sender, and by one of the ledger. It must end with
// that error, the counts must add up, and no checkpoint may claim what was not acknowledged.
func TestAStopAtAnyStep(t *testing.T) {
	for name, test := range map[string]struct {
		want error
		stop func(cancel context.CancelCauseFunc) error
	}{
		"interruption": {errStopped, func(cancel context.CancelCauseFunc) error { cancel(errStopped); return nil }},
		"error":        {errDisk, func(context.CancelCauseFunc) error { return errDisk }},
	} {
		stopped := 0
		for end := 1; ; end++ {
			var s *steps
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				s = &steps{end: end, stop: func() error { return test.stop(cancel) }}
				d, err := s.play(t, ctx)
				if err != nil {
					stopped++
				}
				if err != nil && !errors.Is(err, test.want) {
					t.Errorf("%s at step %d: ended with %v", name, end, err)
				}
				if err == nil && (d.Counts().Accepted[customerio.Event] != 10 || len(d.Counts().Unsent) > 0) {
					t.Errorf("%s at step %d: nothing was stopped, and %+v", name, end, d.Counts())
				}
			})
			if s.n < end {
				break
			}
		}
		if stopped < 8 {
			t.Errorf("%s: the phase was stopped %d times: too few steps were tried", name, stopped)
		}
	}
}

// TestInterruptedRequestsGetTheirGrace interrupts while requests are under way: those that end within the
// grace period count as answered, the others are unsent, and no other starts.
func TestInterruptedRequestsGetTheirGrace(t *testing.T) {
	for _, test := range []struct {
		takes, grace, want time.Duration
		accepted           int64
	}{
		{takes: 3 * time.Second, grace: 5 * time.Second, want: 3 * time.Second, accepted: 2},
		{takes: 9 * time.Second, grace: 5 * time.Second, want: 6 * time.Second, accepted: 0},
		{takes: 9 * time.Second, grace: 0, want: time.Second, accepted: 0},
	} {
		t.Run(fmt.Sprint(test.takes, test.grace), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := &sender{answer: func(ctx context.Context, refs []uint64) (customerio.Receipt, error) {
					select {
					case <-ctx.Done():
						return customerio.Receipt{Unsent: refs}, context.Cause(ctx)
					case <-time.After(test.takes):
						return customerio.Receipt{}, nil
					}
				}}
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Second, func() { cancel(errStopped) })
				start := time.Now()
				d := New(ctx, Options{Sender: api, InFlight: inFlight(2), BatchItems: 1, Grace: test.grace}, nil, Counters{})
				defer d.Close()
				p := d.Begin(Spec{Phase: ledger.Events})
				err := p.End(p.Deliver(part(0, 1, 2, 3)))
				if !errors.Is(err, errStopped) || !errors.Is(d.Stopped(), errStopped) {
					t.Errorf("ended with %v, stopped by %v, want the signal", err, d.Stopped())
				}
				if took := time.Since(start); took != test.want {
					t.Errorf("took %s, want %s", took, test.want)
				}
				c := d.Counts()
				if n := api.requests(); n != 2 || c.Accepted[customerio.Event] != test.accepted || c.Unsent[customerio.Event] != 4-test.accepted {
					t.Errorf("%d requests, %v accepted and %v unsent; want 2 requests and %d accepted", n, c.Accepted, c.Unsent, test.accepted)
				}
				if broken := c.Check(); broken != nil {
					t.Error(broken)
				}
			})
		})
	}
}

// TestAnInterruptionEndsTheWaitForRoom interrupts while Deliver waits because a request is under way, or
// because its answer is not saved. Deliver does not wait for either to end.
func TestAnInterruptionEndsTheWaitForRoom(t *testing.T) {
	slow := func() { time.Sleep(4 * time.Second) }
	for name, make := range map[string]func(api *sender) Ledger{
		"a request": func(api *sender) Ledger {
			api.answer = func(context.Context, []uint64) (r customerio.Receipt, _ error) { slow(); return r, nil }
			return nil
		},
		"a save": func(*sender) Ledger { return &book{before: func(*ledger.Step) error { slow(); return nil }} },
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(time.Second, func() { cancel(errStopped) })
			api := &sender{}
			l := make(api)
			d := New(ctx, Options{Sender: api, BatchItems: 1, Grace: time.Minute}, l, Counters{})
			defer d.Close()
			start, p := time.Now(), d.Begin(Spec{Phase: ledger.Events})
			err := p.Deliver(part(0, 1, 2))
			if took := time.Since(start); !errors.Is(err, errStopped) || took != time.Second {
				t.Errorf("%s: Deliver returned %v after %s, want the signal after 1s", name, err, took)
			}
			if err := p.End(err); !errors.Is(err, errStopped) {
				t.Errorf("%s: ended with %v", name, err)
			}
			if c := d.Counts(); c.Accepted[customerio.Event] != 1 || c.Unsent[customerio.Event] != 2 || c.Check() != nil {
				t.Errorf("%s: accepted %v and unsent %v, %v", name, c.Accepted, c.Unsent, c.Check())
			}
		})
	}
}

// TestAnErrorEndsTheContext checks that whoever reads the sources learns of an error of sending, and that the
// next Deliver returns it.
func TestAnErrorEndsTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := &sender{answer: func(_ context.Context, refs []uint64) (customerio.Receipt, error) {
			return customerio.Receipt{Unsent: refs}, errRejected
		}}
		d, p := begin(t, Options{Sender: api, InFlight: inFlight(9)}, nil)
		if err := p.Deliver(part(0)); err != nil || d.Context().Err() != nil || d.Stopped() != nil {
			t.Errorf("before the answer: %v, %v, %v", err, d.Context().Err(), d.Stopped())
		}
		synctest.Wait()
		if d.Context().Err() == nil || !errors.Is(d.Stopped(), errRejected) {
			t.Errorf("the context is done with %v, stopped by %v", d.Context().Err(), d.Stopped())
		}
		if err := p.Deliver(part(1)); !errors.Is(err, errRejected) {
			t.Errorf("the next Deliver returned %v", err)
		}
		if err := p.End(nil); !errors.Is(err, errRejected) || api.requests() != 1 {
			t.Errorf("ended with %v after %d requests", err, api.requests())
		}
	})
}

// TestAnErrorStopsTheOtherRequests checks that after an error the requests under way end with the grace
// period.
func TestAnErrorStopsTheOtherRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := &sender{answer: func(ctx context.Context, refs []uint64) (customerio.Receipt, error) {
			if refs[0] == 1 {
				time.Sleep(time.Second)
				return customerio.Receipt{Unsent: refs}, errRejected
			}
			<-ctx.Done()
			return customerio.Receipt{Unsent: refs}, context.Cause(ctx)
		}}
		d := New(t.Context(), Options{Sender: api, InFlight: inFlight(2), BatchItems: 1, Grace: 5 * time.Second}, nil, Counters{})
		defer d.Close()
		start := time.Now()
		p := d.Begin(Spec{Phase: ledger.Events})
		err := p.End(p.Deliver(part(0, 1, 2, 3)))
		if took := time.Since(start); !errors.Is(err, errRejected) || took != 6*time.Second {
			t.Errorf("ended with %v after %s, want the first error after 6s", err, took)
		}
		if c := d.Counts(); c.Unsent[customerio.Event] != 4 || c.Check() != nil {
			t.Errorf("unsent %v, want 4; %v", c.Unsent, c.Check())
		}
	})
}

// TestTheCallersErrorEndsThePhase ends a phase for an error of reading. What was sent before is saved.
func TestTheCallersErrorEndsThePhase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		state, errRead := &book{}, errors.New("the file has changed")
		_, p := begin(t, Options{Sender: &sender{}, InFlight: inFlight(4)}, state)
		if err := p.Deliver(part(0, 1)); err != nil {
			t.Fatal(err)
		}
		if err := p.End(errRead); !errors.Is(err, errRead) {
			t.Errorf("ended with %v", err)
		}
		if n := len(state.steps); n == 0 || !state.steps[n-1].Position.Done(1) {
			t.Errorf("%d checkpoints, the last without what was sent", n)
		}
	})
}

// TestAPartOfABatchIsSettled fails in the middle of a batch. What the API has decided about is counted and
// saved, the rest is unsent and open.
func TestAPartOfABatchIsSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		state := &book{}
		api := &sender{answer: func(context.Context, []uint64) (customerio.Receipt, error) {
			return customerio.Receipt{Unsent: []uint64{2, 3}, Rejections: []customerio.Rejection{{Ref: 1, Index: 1}}}, errRejected
		}}
		d := New(t.Context(), Options{Sender: api}, state, Counters{})
		defer d.Close()
		p := d.Begin(Spec{Phase: ledger.Events})
		if err := p.End(p.Deliver(part(0, 1, 2, 3))); !errors.Is(err, errRejected) {
			t.Errorf("ended with %v", err)
		}
		c := d.Counts()
		if c.Accepted[customerio.Event] != 1 || c.Refused[customerio.Event] != 1 || c.Unsent[customerio.Event] != 2 || c.Check() != nil {
			t.Errorf("accepted %v, refused %v, unsent %v; %v", c.Accepted, c.Refused, c.Unsent, c.Check())
		}
		step := saved(t, state)
		want := ledger.Position{Next: 4, Open: []ledger.Span{{First: 2, Last: 3}}}
		if !reflect.DeepEqual(step.Position, want) || len(step.Sent) != 1 || len(step.Rejects) != 1 || step.Rejects[0].Reason != "api:unnamed" {
			t.Errorf("saved %+v, want one event, one reject and %+v", step, want)
		}
	})
}

// TestOnlyWhatWasSentIsUnanswered has a server that breaks off the first request, and nothing is sent after
// that. Only the operation of that request may be at Customer.io.
func TestOnlyWhatWasSentIsUnanswered(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer server.Close()
	client, err := customerio.NewClient(customerio.ClientOptions{
		BaseURL: server.URL, Credentials: customerio.Credentials{SiteID: customerio.NewSecret("site"), APIKey: customerio.NewSecret("key")}, Transport: &http.Transport{DisableKeepAlives: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := New(t.Context(), Options{Sender: client, BatchItems: 1}, nil, Counters{})
	defer d.Close()
	p := d.Begin(Spec{Phase: ledger.Events})
	r := part(1, 2, 3)
	if err := p.End(p.Deliver(r)); err == nil {
		t.Fatal("the request did not fail")
	}
	c := d.Counts()
	if unsent, unanswered := OfRows(c.Unsent), OfRows(c.Unanswered); unsent != 3 || unanswered != 1 {
		t.Errorf("%d unsent and %d unanswered, want 3 and 1", unsent, unanswered)
	}
}
