package ledger

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestRunsAreReadAsTheyAre compares what Begin, Save and Finish leave in a Run with what is read back.
func TestRunsAreReadAsTheyAre(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	first := begin(t, s, nil, func(of *Start) { of.Command = "sync" })
	second := begin(t, s, nil, nil)
	third := begin(t, s, nil, func(of *Start) { of.Command, of.Began = "sync", night.Add(time.Hour) })
	check := func(want, got *Run) {
		t.Helper()
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Run{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("run %d, want -, got +:\n%s", want.ID, diff)
		}
	}
	last := func(command string) *Run {
		t.Helper()
		run, err := s.Last(t.Context(), command)
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	check(third, last("sync"))
	// A run is replaced when the next one begins.
	second.ended(&Ending{Outcome: Replaced, At: night.Add(time.Hour)})
	first.ended(&Ending{Outcome: Replaced, At: night})
	check(second, last("backfill"))
	if run := last("retry"); run != nil {
		t.Errorf("there is a retry: %+v", run)
	}
	for _, step := range []Step{
		{Phase: People, Position: Position{Next: 3}, Counters: []byte(`{"read":9}`)},
		{Phase: Events, Position: Position{Next: 9, Open: []Span{{4, 5}, {7, 7}}}, Counters: []byte(`{"read":1}`)},
	} {
		if err := third.Save(&step, night.Add(3*time.Hour)); err != nil {
			t.Fatal(err)
		}
		check(third, last("sync"))
		newest, err := s.LastRun(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		check(third, newest)
	}
	finish(t, third, Ending{Outcome: Troubled})
	check(third, last("sync"))
	ended, err := s.LastRun(t.Context())
	if err != nil || len(third.Sources) == 0 || ended.Sources != nil {
		t.Errorf("the last run: %+v, %v; want it without its sources", ended, err)
	}
	ended.Sources = third.Sources
	check(third, ended)
	runs, err := s.Runs(t.Context(), 2)
	if err != nil || len(runs) != 2 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	check(third, runs[0])
	check(second, runs[1])
	if runs, err = s.Runs(t.Context(), 3); err != nil || len(runs) != 3 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	check(first, runs[2])
}

// A state may have more people than distinct sorts at a time, and the same person many times.
func TestDistinctCountsEachOnce(t *testing.T) {
	t.Parallel()
	var d distinct
	for i := range uint64(3 * minUnsorted) {
		d.add(i * i % 1009)
	}
	if n := len(d.all()); n != 505 { // the squares modulo a prime, and 0
		t.Errorf("%d different numbers, want 505", n)
	}
}

// A person who was sent by several runs, or under several identifiers, counts once.
func TestTotalsCountPeopleOnce(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	for _, value := range []string{"user_1", "other"} {
		run := begin(t, s, nil, nil)
		step := Step{Phase: People, Counters: []byte("{}")}
		step.AddPerson(&Person{Kind: "id", Value: value, DistinctID: "user_1"})
		step.AddPerson(&Person{Kind: "id", Value: value, DistinctID: value + "_2"})
		if err := run.Save(&step, night); err != nil {
			t.Fatal(err)
		}
	}
	if totals, err := s.Totals(t.Context(), night); totals.People != 3 || err != nil {
		t.Errorf("totals %+v, %v, want three people", totals, err)
	}
}
