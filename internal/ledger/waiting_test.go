package ledger

import (
	"maps"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestWaitingRowsAreSaved saves people with waiting rows in steps of any size, and reads one of the sources
// again in a later run.
func TestWaitingRowsAreSaved(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := open(t, t.TempDir())
		defer s.Close()
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		want := map[int]map[Key]bool{0: {}, 1: {}}
		first, err := s.Begin(t.Context(), start(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var last Waiting
		for range rapid.IntRange(0, 8).Draw(r, "steps") {
			var step []Waiting
			for range rapid.IntRange(0, 30).Draw(r, "visitors") {
				one := Waiting{random.IntN(2), sentOn(random.Int64N(1000), random).Key}
				if random.IntN(3) == 0 {
					one = last // somebody comes again
				}
				step, last = append(step, one), one
				want[one.Source][one.ID] = true
			}
			if err := first.Save(&Step{Phase: Events, Counters: []byte("{}"), Waiting: step}, night); err != nil {
				t.Fatal(err)
			}
		}
		waiting := func(run *Run, source int) map[Key]bool {
			all := map[Key]bool{}
			for id, err := range s.WaitingIn(t.Context(), run.ID, source) {
				if err != nil {
					t.Fatal(err)
				}
				all[id] = true
			}
			return all
		}
		for source, ids := range want {
			if got := waiting(first, source); !maps.Equal(got, ids) {
				r.Fatalf("%d wait in source %d, want %d", len(got), source, len(ids))
			}
		}
		if err := first.Finish(t.Context(), Ending{Outcome: Done, At: night}); err != nil {
			t.Fatal(err)
		}
		again := start()
		again.Sources = again.Sources[1:]
		second, err := s.Begin(t.Context(), again, nil)
		if err == nil {
			err = second.Finish(t.Context(), Ending{Outcome: Done, At: night, Waiting: []StillWaiting{{Run: first.ID, Number: 1}}})
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(waiting(first, 1)) != 0 || !maps.Equal(waiting(first, 0), want[0]) {
			r.Fatalf("%d wait in a source that was read again, %d of the other, want %d", len(waiting(first, 1)), len(waiting(first, 0)), len(want[0]))
		}
	})
}

// TestOnlyEarlierRunsHaveRowsThatWaitBefore has a run in which a row waits: before that run none does, and
// before the next one does.
func TestOnlyEarlierRunsHaveRowsThatWaitBefore(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	run, err := s.Begin(t.Context(), start(), nil)
	if err == nil {
		err = run.Save(&Step{Phase: Events, Counters: []byte("{}"), Waiting: []Waiting{{ID: Key{1}}}}, night)
	}
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[int64]bool{run.ID: false, run.ID + 1: true} {
		if got, err := s.WaitingBefore(t.Context(), id); got != want || err != nil {
			t.Errorf("rows wait before run %d of 1: %v, %v, want %v", id, got, err, want)
		}
	}
}
