package ledger

import (
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// waitKey tells apart the rows that wait in one source.
type waitKey struct {
	id     Key
	reason WaitReason
	row    uint32
}

func keyOf(w *Wait) waitKey { return waitKey{w.ID, w.Reason, w.Row} }

// waitsIn returns what waits in a source of a run. Rows are due with the first one of their ID at the latest.
func waitsIn(t *testing.T, s *Store, run int64, source int) map[waitKey]int64 {
	t.Helper()
	all := map[waitKey]int64{}
	for one, err := range s.Waits(t.Context(), WaitingIn{run, source, run}) {
		if err != nil {
			t.Fatal(err)
		}
		key := keyOf(&one)
		if before, known := all[key]; !known || one.Due < before {
			all[key] = one.Due
		}
	}
	return all
}

func drawWait(r *rapid.T, random *rand.Rand) Wait {
	w := Wait{
		ID: sentOn(random.Int64N(1000), random).Key, Row: rapid.Uint32().Draw(r, "row"),
		Reason: WaitReason(rapid.IntRange(int(Anonymous), int(Recent)).Draw(r, "reason")),
	}
	if w.Reason == Recent {
		w.Due = rapid.Int64Range(20, 1<<33).Draw(r, "due")
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
		want := map[int]map[waitKey]Wait{0: {}, 1: {}}
		first, err := s.Begin(t.Context(), start(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var last Waiting
		for range rapid.IntRange(0, 8).Draw(r, "steps") {
			var step []Waiting
			for range rapid.IntRange(0, 30).Draw(r, "waits") {
				one := Waiting{random.IntN(2), drawWait(r, random)}
				if random.IntN(3) == 0 && last.Reason > 0 {
					one = last // a copy, or another row of the same visitor
					one.Row ^= uint32(random.IntN(2))
				}
				step, last = append(step, one), one
				if before, known := want[one.Source][keyOf(&one.Wait)]; !known || one.Due < before.Due {
					want[one.Source][keyOf(&one.Wait)] = one.Wait
				}
			}
			if err := first.Save(&Step{Phase: Events, Counters: []byte("{}"), Waiting: step}, night); err != nil {
				t.Fatal(err)
			}
		}
		for source, waits := range want {
			got := waitsIn(t, s, first.ID, source)
			for key, due := range got {
				if one, waits := waits[key]; !waits || due > one.Due || (due > 0) != (one.Due > 0) {
					r.Fatalf("in source %d %+v waits until %d, want %+v", source, key, due, one)
				}
			}
			if len(got) != len(waits) {
				r.Fatalf("in source %d wait %d rows, want %d", source, len(got), len(waits))
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
				{WaitingIn: WaitingIn{first.ID, 1, first.ID}, Keep: slices.Clone(keep)}, {WaitingIn: WaitingIn{first.ID, 0, first.ID}, Keep: []Wait{more}, Adds: true},
			}})
		}
		if err != nil {
			t.Fatal(err)
		}
		want[0][keyOf(&more)] = more
		if got := waitsIn(t, s, first.ID, 1); len(got) != len(keep) || len(waitsIn(t, s, first.ID, 0)) != len(want[0]) {
			r.Fatalf("%d wait in a source that was read again, want %d; or others wait in the other", len(got), len(keep))
		}
	})
}

// checkTotals compares the totals and the earliest due time with those of what was saved, however many passes
// they take. A row counts once, also if it waits in both sources.
func checkTotals(r *rapid.T, t *testing.T, s *Store, saved map[int]map[waitKey]Wait) {
	t.Helper()
	ids, rows, due := map[Key]bool{}, map[waitKey]bool{}, map[string]int64{}
	for source, waits := range saved {
		for key, one := range waits {
			ids[key.id], rows[key] = true, true
			path := start().Sources[source].Path
			if before := due[path]; one.Due != 0 && (before == 0 || one.Due < before) {
				due[path] = one.Due
			} else {
				due[path] = before
			}
		}
	}
	byReason, inAll := map[WaitReason]int64{}, map[waitKey]bool{}
	for key := range rows {
		byReason[key.reason]++
		inAll[waitKey{id: key.id, row: key.row}] = true
	}
	for _, inPass := range []uint64{waitsInPass, 7} {
		totals, err := s.countWaiting(t.Context(), inPass)
		if err != nil {
			t.Fatal(err)
		}
		got := map[WaitReason]int64{}
		for reason, n := range totals.ByReason {
			got[reason] = n.Rows
		}
		want := WaitingCount{int64(len(inAll)), int64(len(ids)), int64(len(due))}
		if totals.WaitingCount != want || !maps.Equal(got, byReason) {
			r.Fatalf("%+v wait, want %+v, rows %v", totals, want, byReason)
		}
	}
	got := map[string]int64{}
	for one, err := range s.WaitingPaths(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if before := got[one.Path]; before == 0 || one.Due != 0 && one.Due < before {
			got[one.Path] = one.Due
		}
	}
	if !maps.Equal(got, due) {
		r.Fatalf("rows are due at %v, want %v", got, due)
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
		one := Wait{ID: Key{1}, Reason: Anonymous, Row: 1}
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
	if err := run.Finish(t.Context(), Ending{Outcome: Done, At: night, Waiting: []StillWaiting{{WaitingIn: WaitingIn{run.ID, 0, run.ID}, Gone: true}}}); err != nil {
		t.Fatal(err)
	}
	for one, err := range s.KnownSources(t.Context()) {
		if want := map[int]int64{0: 0, 1: 7}[one.Number]; err != nil || one.Modified != want {
			t.Errorf("%s was modified at %d, want %d, %v", one.Path, one.Modified, want, err)
		}
	}
}

// TestWhenASourceWasMissedFirst keeps the rows of a source that is gone waiting in two runs, and in a third
// one, in which it is there.
func TestWhenASourceWasMissedFirst(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	run := withOneWaiting(t, s)
	finish(t, run, Ending{Outcome: Done, At: night})
	for _, c := range []struct {
		gone         bool
		missed, want int64
	}{{true, 100, 100}, {true, 200, 100}, {false, 0, 0}} {
		next, err := s.Begin(t.Context(), start(), nil)
		if err != nil {
			t.Fatal(err)
		}
		keep := []Wait{{ID: Key{1}, Reason: Anonymous, Row: 1}}
		finish(t, next, Ending{Outcome: Done, At: night, Waiting: []StillWaiting{{WaitingIn: WaitingIn{run.ID, 0, run.ID}, Keep: keep, Gone: c.gone, Missed: c.missed}}})
		for one, err := range s.WaitingPaths(t.Context()) {
			if err != nil || one.Missed != c.want {
				t.Errorf("missed first at %d, want %d, %v", one.Missed, c.want, err)
			}
		}
	}
}

// TestDamagedWaitsAreRefused cuts the text of waiting rows off, and changes their reason.
func TestDamagedWaitsAreRefused(t *testing.T) {
	t.Parallel()
	whole, due := encodeWaits([]Wait{{ID: Key{1}, Reason: Recent, Row: 300, Due: 160}, {ID: Key{1}, Reason: Recent, Row: 400, Due: 150}})
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
