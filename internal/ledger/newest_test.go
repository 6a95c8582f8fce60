package ledger

import (
	"testing"
	"time"
)

// TestNewestIsNeverInTheFuture has a clock that was ahead for a night, and one that was set back.
func TestNewestIsNeverInTheFuture(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	run, err := s.Begin(t.Context(), start(), nil)
	if err != nil {
		t.Fatal(err)
	}
	save := func(newest, at time.Time) {
		t.Helper()
		if err := run.Save(&Step{Phase: Events, Counters: []byte(`{}`), Newest: newest.Unix()}, at); err != nil {
			t.Fatal(err)
		}
	}
	want := func(now, want time.Time) {
		t.Helper()
		if got, err := s.Newest(t.Context(), now); !got.Equal(want) || err != nil {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
	ahead := night.AddDate(5, 0, 0)
	save(ahead.Add(-time.Hour), ahead)
	want(ahead, ahead.Add(-time.Hour))
	want(night, time.Time{}) // the clock is right again
	save(night.Add(-2*time.Hour), night)
	want(night, night.Add(-2*time.Hour))
	save(night.Add(-3*time.Hour), night) // an older event
	want(night, night.Add(-2*time.Hour))
	save(night.Add(time.Hour), night) // planned by a clock that was set back since
	want(night, night)
}
