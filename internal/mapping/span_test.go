package mapping

import (
	"testing"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/posthog"
)

// TestSentAtIsTheTimeOfWhen compares the two for every state and place of both times of a row.
func TestSentAtIsTheTimeOfWhen(t *testing.T) {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	rules, err := New(Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	var times []posthog.Time
	for _, micros := range []int64{
		-1, (customerio.MinTimestamp - 1) * 1_000_000, customerio.MinTimestamp * 1_000_000, now.UnixMicro(), now.UnixMicro() + 1,
		customerio.MaxTimestamp * 1_000_000, (customerio.MaxTimestamp + 1) * 1_000_000,
	} {
		for _, state := range []posthog.TimeState{posthog.Missing, posthog.Unreadable, posthog.Known} {
			times = append(times, posthog.Time{Micros: micros, State: state})
		}
	}
	for _, timestamp := range times {
		for _, created := range times {
			event := &posthog.Event{Timestamp: timestamp, CreatedAt: created}
			want, outcome := rules.When(event)
			if got, ok := rules.SentAt(event); ok != (outcome.Bucket != Rejected) || got != want {
				t.Errorf("%+v, created at %+v: %+v, %v; want %+v, %+v", timestamp, created, got, ok, want, outcome)
			}
		}
	}
}
