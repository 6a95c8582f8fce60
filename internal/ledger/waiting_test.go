package ledger

import (
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// whoWaits is what tells rows apart that wait in one source.
type whoWaits struct {
	id     Key
	reason WaitReason
}

// addUp adds a wait to those of the same ID and reason.
func addUp(to map[whoWaits]Wait, one Wait) {
	who := whoWaits{one.ID, one.Reason}
	if before, known := to[who]; known {
		one.Add(&before)
	}
	to[who] = one
}

// waitsIn returns what waits in a source of a run.
func waitsIn(t *testing.T, s *Store, run int64, source int) map[whoWaits]Wait {
	t.Helper()
	all := map[whoWaits]Wait{}
	for one, err := range s.WaitingIn(t.Context(), run, source) {
		if err != nil {
			t.Fatal(err)
		}
		addUp(all, one)
	}
	return all
}

func drawWait(r *rapid.T, random *rand.Rand) Wait {
	w := Wait{
		ID: sentOn(random.Int64N(1000), random).Key, Reason: WaitReason(rapid.IntRange(int(Anonymous), int(Recent)).Draw(r, "reason")),
		Rows: rapid.Int32Range(0, 1000).Draw(r, "rows"), Repeats: rapid.Int32Range(0, 3).Draw(r, "repeats"),
		Oldest: rapid.Int64Range(20, 1<<33).Draw(r, "oldest"), Marks: Marks(random.Uint32()),
	}
	w.Newest = w.Oldest + rapid.Int64Range(0, 1<<30).Draw(r, "longer")
	if w.Reason == Recent {
		w.Due = w.Oldest + rapid.Int64Range(-10, 1<<20).Draw(r, "due")
	}
	return w
}

// TestWaitingRowsAreSaved saves waiting rows in steps of any size, and reads one of the sources again in a
// later run, in which some keep waiting and some more do.
func TestWaitingRowsAreSaved(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := open(t, t.TempDir())
		defer s.Close()
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		want := map[int]map[whoWaits]Wait{0: {}, 1: {}}
		first, err := s.Begin(t.Context(), start(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var last Waiting
		for range rapid.IntRange(0, 8).Draw(r, "steps") {
			var step []Waiting
			for range rapid.IntRange(0, 30).Draw(r, "waits") {
				one := Waiting{random.IntN(2), drawWait(r, random)}
				if random.IntN(3) == 0 && last.Rows > 0 {
					one = last // more rows of the same
				}
				step, last = append(step, one), one
				addUp(want[one.Source], one.Wait)
			}
			if err := first.Save(&Step{Phase: Events, Counters: []byte("{}"), Waiting: step}, night); err != nil {
				t.Fatal(err)
			}
		}
		for source, waits := range want {
			if diff := cmp.Diff(waits, waitsIn(t, s, first.ID, source), cmp.AllowUnexported(whoWaits{})); diff != "" {
				r.Fatalf("in source %d want -, got +:\n%s", source, diff)
			}
		}
		checkTotals(r, t, s, want)
		if err := first.Finish(t.Context(), Ending{Outcome: Done, At: night}); err != nil {
			t.Fatal(err)
		}
		keep := slices.Collect(maps.Values(want[1]))
		keep = keep[:len(keep)/2]
		more := drawWait(r, random)
		second, err := s.Begin(t.Context(), start(), nil)
		if err == nil {
			err = second.Finish(t.Context(), Ending{Outcome: Done, At: night, Waiting: []StillWaiting{
				{Run: first.ID, Number: 1, Keep: slices.Clone(keep)}, {Run: first.ID, Number: 0, Keep: []Wait{more}, Adds: true},
			}})
		}
		if err != nil {
			t.Fatal(err)
		}
		addUp(want[0], more)
		if got := waitsIn(t, s, first.ID, 1); len(got) != len(keep) || !cmp.Equal(waitsIn(t, s, first.ID, 0), want[0]) {
			r.Fatalf("%d wait in a source that was read again, want %d; or others wait in the other", len(got), len(keep))
		}
	})
}

// checkTotals compares the totals and the earliest due time with those of what was saved.
func checkTotals(r *rapid.T, t *testing.T, s *Store, saved map[int]map[whoWaits]Wait) {
	t.Helper()
	ids, rows, due := map[Key]bool{}, map[WaitReason]int64{}, map[string]int64{}
	for source, waits := range saved {
		for who, one := range waits {
			ids[who.id] = true
			rows[who.reason] += int64(one.Rows)
			path := start().Sources[source].Path
			if before := due[path]; one.Due != 0 && (before == 0 || one.Due < before) {
				due[path] = one.Due
			} else {
				due[path] = before
			}
		}
	}
	totals, err := s.Totals(t.Context(), night)
	if err != nil {
		t.Fatal(err)
	}
	got := map[WaitReason]int64{}
	for reason, n := range totals.Waiting.ByReason {
		got[reason] = n.Rows
	}
	if totals.Waiting.Visitors != int64(len(ids)) || totals.Waiting.Files != int64(len(due)) || !maps.Equal(got, rows) {
		r.Fatalf("%+v wait, want %d IDs in %d files, rows %v", totals.Waiting, len(ids), len(due), rows)
	}
	for one, err := range s.WaitingPaths(t.Context()) {
		if want, waits := due[one.Path]; err != nil || !waits || one.Due != want {
			r.Fatalf("in %s rows are due at %d, want %d, %v", one.Path, one.Due, want, err)
		}
	}
}

// TestOnlyEarlierRunsHaveRowsThatWaitBefore has a run in which a row waits: before that run none does, and
// before the next one does.
func TestOnlyEarlierRunsHaveRowsThatWaitBefore(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	run := withOneWaiting(t, s)
	for id, want := range map[int64]bool{run.ID: false, run.ID + 1: true} {
		if got, err := s.WaitingBefore(t.Context(), id); got != want || err != nil {
			t.Errorf("rows wait before run %d of 1: %v, %v, want %v", id, got, err, want)
		}
	}
}

// withOneWaiting begins a run in which a row waits in the first source.
func withOneWaiting(t *testing.T, s *Store) *Run {
	t.Helper()
	begun := start()
	for i := range begun.Sources {
		begun.Sources[i].Modified = 7
	}
	run, err := s.Begin(t.Context(), begun, nil)
	if err == nil {
		one := Wait{ID: Key{1}, Reason: Anonymous, Rows: 1}
		err = run.Save(&Step{Phase: Events, Counters: []byte("{}"), Waiting: []Waiting{{Wait: one}}}, night)
	}
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// TestASourceThatWasGoneIsReadAgain releases the waiting rows of a source that is gone. When that was written
// is not known any more, so that it counts as changed if it comes back.
func TestASourceThatWasGoneIsReadAgain(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	run := withOneWaiting(t, s)
	if err := run.Finish(t.Context(), Ending{Outcome: Done, At: night, Waiting: []StillWaiting{{Run: run.ID, Gone: true}}}); err != nil {
		t.Fatal(err)
	}
	for one, err := range s.KnownSources(t.Context()) {
		if want := map[int]int64{0: 0, 1: 7}[one.Number]; err != nil || one.Modified != want {
			t.Errorf("%s was modified at %d, want %d, %v", one.Path, one.Modified, want, err)
		}
	}
}

// TestDamagedWaitsAreRefused cuts the text of waiting rows off, and changes their reason.
func TestDamagedWaitsAreRefused(t *testing.T) {
	t.Parallel()
	whole, due := encodeWaits([]Wait{{ID: Key{1}, Reason: Recent, Rows: 300, Oldest: 100, Newest: 200, Due: 150}})
	if due != 150 {
		t.Errorf("it is due at %d", due)
	}
	check := func(b []byte) (err error) {
		for _, one := range eachWait(b) {
			err = errors.Join(err, one)
		}
		return err
	}
	for n := 1; n < len(whole); n++ {
		if check(whole[:n]) == nil {
			t.Errorf("%d of %d bytes are taken for waiting rows", n, len(whole))
		}
	}
	whole[keySize] = 9
	if check(whole) == nil {
		t.Error("an unknown reason is taken")
	}
}
