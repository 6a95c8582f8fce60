package customerio

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestAStepOfTheClockDisturbsNoWait checks that all times from which waits are computed have a reading of the
// monotonic clock, which does not change when somebody sets the clock. Without it nothing would be sent for
// an hour after the clock was set back by one.
func TestAStepOfTheClockDisturbsNoWait(t *testing.T) {
	pace := NewPace(1000)
	if err := pace.wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	pace.observe(time.Millisecond, &APIError{Status: http.StatusTooManyRequests, RetryAfter: time.Minute})
	b := newBudget()
	filled := b.since
	b.spend(time.Now())
	for name, at := range map[string]time.Time{
		"the last fall": pace.fell, "the last 429": pace.disturbed, "the hold": pace.held,
		"a new budget": filled, "a budget": b.since,
	} {
		if !strings.Contains(at.String(), " m=") {
			t.Errorf("%s is by the clock on the wall: %s", name, at)
		}
	}
}
