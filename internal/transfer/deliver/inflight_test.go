package deliver

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// deliverAll delivers one event after another, each in a request of its own, on another goroutine. The
// channel is closed when the phase has ended.
func deliverAll(t *testing.T, p *Phase, events uint64) (ended chan struct{}) {
	ended = make(chan struct{})
	go func() {
		defer close(ended)
		var err error
		for ref := uint64(0); ref < events && err == nil; ref++ {
			err = p.Deliver(part(ref))
		}
		if err := p.End(err); err != nil {
			t.Errorf("ended with %v", err)
		}
	}()
	return ended
}

// TestUnsavedAnswersTakeUpRoom lets the API answer at once while no checkpoint can be saved. After as many
// requests as may be under way, no other starts until the answers are saved: a kill would make all of them be
// sent again.
func TestUnsavedAnswersTakeUpRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, state, mayReturn := &sender{}, &book{}, make(chan struct{})
		state.before = func(*ledger.Step) error { <-mayReturn; return nil }
		_, p := begin(t, Options{Sender: api, InFlight: inFlight(3)}, state)
		ended := deliverAll(t, p, 9)
		time.Sleep(time.Minute)
		if n := api.requests(); n != 3 {
			t.Errorf("%d requests started while none of their answers was saved, want 3", n)
		}
		close(mayReturn)
		<-ended
		if n := api.requests(); n != 9 {
			t.Errorf("%d requests in all, want 9", n)
		}
	})
}

// TestAnswersDuringASaveStayUnsaved answers one request before a checkpoint is cut and another while it is
// being saved. The second is in no checkpoint yet, so it still takes up room when the first checkpoint is
// saved.
func TestAnswersDuringASaveStayUnsaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := [...]chan struct{}{make(chan struct{}), make(chan struct{}), make(chan struct{}), make(chan struct{})}
		api := &sender{answer: func(_ context.Context, refs []uint64) (customerio.Receipt, error) {
			<-answers[refs[0]]
			return customerio.Receipt{}, nil
		}}
		saves := make(chan struct{})
		state := &book{before: func(*ledger.Step) error { <-saves; return nil }}
		_, p := begin(t, Options{Sender: api, InFlight: inFlight(2)}, state)
		ended := deliverAll(t, p, 4)
		synctest.Wait()
		close(answers[0])
		synctest.Wait() // the sender is blocked, so a save is under way
		close(answers[1])
		synctest.Wait()
		if n := api.requests(); n != 2 {
			t.Fatalf("%d requests started before anything was saved, want 2", n)
		}
		saves <- struct{}{}
		synctest.Wait()
		if n := api.requests(); n != 3 {
			t.Errorf("%d requests started, want 3: the answer to the first is saved, that to the second is not", n)
		}
		close(saves)
		synctest.Wait()
		close(answers[2])
		close(answers[3])
		<-ended
	})
}

// TestManyUnsavedAnswersAreSavedSoon checks that a quarter of the places is enough for a save within 10 ms,
// and less is not.
func TestManyUnsavedAnswersAreSavedSoon(t *testing.T) {
	for answered, want := range map[uint64]int{1: 0, 2: 1, 3: 1} {
		synctest.Test(t, func(t *testing.T) {
			state := &book{}
			_, p := begin(t, Options{Sender: &sender{}, InFlight: inFlight(8)}, state)
			for ref := range answered {
				if err := p.Deliver(part(ref)); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(500 * time.Millisecond)
			if n := state.saves(); n != want {
				t.Errorf("%d of 8 places: %d saves within half a second, want %d", answered, n, want)
			}
			time.Sleep(time.Second)
			if n := state.saves(); n != 1 {
				t.Errorf("%d of 8 places: %d saves after more than a second, want 1", answered, n)
			}
			if err := p.End(nil); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestThereIsRoomForOneRequest checks that a pace of nothing does not block a run forever.
func TestThereIsRoomForOneRequest(t *testing.T) {
	for _, test := range []struct {
		inFlight func() int
		ledger   Ledger
	}{{}, {inFlight: inFlight(0)}, {ledger: &book{}}, {inFlight(0), &book{}}} {
		synctest.Test(t, func(t *testing.T) {
			api := &sender{}
			_, p := begin(t, Options{Sender: api, InFlight: test.inFlight}, test.ledger)
			<-deliverAll(t, p, 5)
			if n := api.requests(); n != 5 {
				t.Errorf("%d requests, want 5", n)
			}
		})
	}
}

// TestMoreRoomIsUsed lets more requests at once while some are under way, as the pacing does.
func TestMoreRoomIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mayReturn, places := make(chan struct{}), 1
		api := &sender{answer: func(context.Context, []uint64) (customerio.Receipt, error) {
			<-mayReturn
			return customerio.Receipt{}, nil
		}}
		_, p := begin(t, Options{Sender: api, InFlight: func() int { return places }}, nil)
		ended := deliverAll(t, p, 6)
		synctest.Wait()
		p.lock.Lock()
		places = 3
		p.lock.Unlock()
		mayReturn <- struct{}{}
		synctest.Wait()
		if n := api.requests(); n != 4 {
			t.Errorf("%d requests started, want 4: one is answered, three are under way", n)
		}
		close(mayReturn)
		<-ended
	})
}
