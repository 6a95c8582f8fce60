package customerio

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// watchedBy returns a sender through all layers that a watch follows, without waits for turns.
func watchedBy(t *testing.T, w *Watch, over http.RoundTripper) Sender {
	t.Helper()
	pace := NewPace(1000)
	return Retried(Paced(Watched(newTestClientOver(t, over, nil), w), pace), Policy{Watch: w, Over: pace.Over()})
}

// TestTroubleIsToldWhileItLasts has an API that is down for a while: the watch says which try is next and when, with the
// time since the first fault, and nothing once an answer has come.
func TestTroubleIsToldWhileItLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w Watch
		sender := watchedBy(t, &w, inTurn(repeat(5, status(503, "Retry-After", "4"), accepts)...))
		done := make(chan error)
		if _, ok := w.Trouble(); ok || w.UnderWay() != 0 {
			t.Error("there is trouble before anything is sent")
		}
		go func() {
			_, err := sender.Send(t.Context(), numbered(3))
			done <- err
		}()
		time.Sleep(9500 * time.Millisecond) // after three faults
		synctest.Wait()
		got, ok := w.Trouble()
		if !ok || got.Err.Status != 503 || got.Try != 4 || got.Of != 8 {
			t.Errorf("%t %+v", ok, got)
		}
		if next, so := time.Until(got.Next), time.Since(got.Began); next <= 0 || next > 4*time.Second || so < 9*time.Second || so > 9500*time.Millisecond {
			t.Errorf("the next try in %s, %s so far", next, so)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got, ok := w.Trouble(); ok || len(w.failing)+len(w.underWay) > 0 {
			t.Errorf("in the end: %+v", got)
		}
	})
}

// TestSlowAnswersAreTrouble has an API that takes its time, and one that is only slow for a moment.
func TestSlowAnswersAreTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w Watch
		late := handled{http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			pause(r, 12*time.Second)
			answering(200, "{}").ServeHTTP(rw, r)
		})}
		sender := watchedBy(t, &w, late)
		done := make(chan error)
		for range 2 {
			go func() {
				_, err := sender.Send(t.Context(), numbered(1))
				done <- err
			}()
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if got, ok := w.Trouble(); ok || w.UnderWay() != 2 {
			t.Errorf("after 2 s: %+v, %d under way", got, w.UnderWay())
		}
		time.Sleep(6 * time.Second)
		if got, ok := w.Trouble(); !ok || got.Err != nil || time.Since(got.Began).Round(time.Second) != 8*time.Second {
			t.Errorf("after 8 s: %t %+v", ok, got)
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if got, ok := w.Trouble(); ok || w.UnderWay() != 0 {
			t.Errorf("in the end: %+v", got)
		}
	})
}

// TestAShortFaultIsNoTrouble has one fault whose next try comes within half a second.
func TestAShortFaultIsNoTrouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w Watch
		sender := watchedBy(t, &w, inTurn(status(503), accepts))
		done := make(chan error)
		go func() {
			_, err := sender.Send(t.Context(), numbered(1))
			done <- err
		}()
		for {
			select {
			case err := <-done:
				if err != nil {
					t.Error(err)
				}
				return
			case <-time.After(10 * time.Millisecond):
				if got, ok := w.Trouble(); ok {
					t.Errorf("%+v", got)
				}
			}
		}
	})
}
