package deliver

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// deliverBatches delivers events in requests of 500 on another goroutine, with room for 64 requests at once.
// The channel is closed when the phase has ended.
func deliverBatches(t *testing.T, api *sender, l Ledger, requests uint64) (d *Delivery, ended chan struct{}) {
	d = New(t.Context(), Options{Sender: api, InFlight: inFlight(64), BatchItems: 500}, l, Counters{})
	t.Cleanup(d.Close)
	p := d.Begin(Spec{Phase: ledger.Events})
	ended = make(chan struct{})
	go func() {
		defer close(ended)
		var err error
		for first := uint64(0); first < 500*requests && err == nil; first += 500 {
			var refs []uint64
			for i := range uint64(500) {
				refs = append(refs, first+i)
			}
			err = p.Deliver(part(refs...))
		}
		if err := p.End(err); err != nil {
			t.Errorf("ended with %v", err)
		}
	}()
	return d, ended
}

// TestAKillRepeatsFewOperations lets the API not answer, or no checkpoint be saved. Either way a kill would
// make all that was sent be sent again, which is at most 5,000 operations.
func TestAKillRepeatsFewOperations(t *testing.T) {
	for _, answers := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			api, state, mayReturn := &sender{}, &book{}, make(chan struct{})
			if answers {
				state.before = func(*ledger.Step) error { <-mayReturn; return nil }
			} else {
				api.answer = func(context.Context, []uint64) (customerio.Receipt, error) {
					<-mayReturn
					return customerio.Receipt{}, nil
				}
			}
			_, ended := deliverBatches(t, api, state, 80)
			time.Sleep(time.Minute)
			if n := api.requests() * 500; n != repeatable {
				t.Errorf("the API answers: %t; %d operations were sent, want %d", answers, n, repeatable)
			}
			close(mayReturn)
			<-ended
			if n := api.requests(); n != 80 {
				t.Errorf("%d requests in all, want 80", n)
			}
		})
	}
}

// TestAPreviewSendsWithoutALimit checks that only runs that can be resumed have the limit.
func TestAPreviewSendsWithoutALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mayReturn := make(chan struct{})
		api := &sender{answer: func(context.Context, []uint64) (customerio.Receipt, error) {
			<-mayReturn
			return customerio.Receipt{}, nil
		}}
		_, ended := deliverBatches(t, api, nil, 80)
		synctest.Wait()
		if n := api.requests(); n != 64 {
			t.Errorf("%d requests were sent, want 64", n)
		}
		close(mayReturn)
		<-ended
	})
}

// TestALargeRequestIsSentAlone checks that a request with more operations than the limit does not block a run
// for ever.
func TestALargeRequestIsSentAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := &sender{}
		d := New(t.Context(), Options{Sender: api, InFlight: inFlight(64)}, &book{}, Counters{})
		t.Cleanup(d.Close)
		p := d.Begin(Spec{Phase: ledger.Events})
		refs := make([]uint64, repeatable+1)
		for i := range refs {
			refs[i] = uint64(i)
		}
		if err := p.End(p.Deliver(part(refs...))); err != nil || api.requests() != 1 {
			t.Errorf("%d requests, %v; want 1", api.requests(), err)
		}
	})
}

// TestManyUnsavedOperationsAreSavedSoon checks that a quarter of the operations is enough for a save within 10
// ms, however few requests they came in.
func TestManyUnsavedOperationsAreSavedSoon(t *testing.T) {
	for requests, want := range map[uint64]int{2: 0, 3: 1} {
		synctest.Test(t, func(t *testing.T) {
			state, mayEnd := &book{}, make(chan struct{})
			api := &sender{answer: func(_ context.Context, refs []uint64) (customerio.Receipt, error) {
				if refs[0] == 500*requests {
					<-mayEnd
				}
				return customerio.Receipt{}, nil
			}}
			_, ended := deliverBatches(t, api, state, requests+1)
			time.Sleep(20 * time.Millisecond)
			if n := state.saves(); n != want {
				t.Errorf("%d operations are answered: %d saves, want %d", 500*requests, n, want)
			}
			close(mayEnd)
			<-ended
		})
	}
}

// TestASlowAPIIsSentAsMuchAsItAnswers has an API that takes its time, but as many requests at once as there
// are. Soon as many are under way as there are places, however long an answer takes.
func TestASlowAPIIsSentAsMuchAsItAnswers(t *testing.T) {
	for _, takes := range []time.Duration{50 * time.Millisecond, 900 * time.Millisecond, 5 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			api := &sender{answer: func(context.Context, []uint64) (customerio.Receipt, error) {
				time.Sleep(takes)
				return customerio.Receipt{}, nil
			}}
			d, ended := deliverBatches(t, api, &book{}, 3000)
			<-ended
			if n := d.limit.operations(); n < 500*64 {
				t.Errorf("an answer takes %s: in the end at most %d operations may be under way, want %d", takes, n, 500*64)
			}
		})
	}
}

// TestTheLimitIsWhatASecondSends checks the limit while answers come at some speed: never more than came
// within a second, and again as many as at the beginning once they come slowly.
func TestTheLimitIsWhatASecondSends(t *testing.T) {
	var l repeatLimit
	now := time.Unix(0, 0)
	answers := func(seconds, perSecond int) {
		for range seconds * 10 {
			l.answer(perSecond/10, 5*time.Millisecond, now)
			now = now.Add(100 * time.Millisecond)
			if n := l.operations(); n > max(repeatable, perSecond) {
				t.Fatalf("%d operations a second: the limit is %d", perSecond, n)
			}
		}
	}
	if n := l.operations(); n != repeatable {
		t.Errorf("the limit is %d at the beginning", n)
	}
	answers(3, 2000)
	answers(3, 40000)
	if n := l.operations(); n != 40000 {
		t.Errorf("the limit is %d after 40,000 operations a second", n)
	}
	now = now.Add(time.Minute)
	answers(1, 100)
	if n := l.operations(); n != repeatable {
		t.Errorf("the limit is %d after 100 operations a second", n)
	}
}
