package ledger

import (
	"slices"
	"testing"
)

// TestWhatWasSavedIsRestored saves entries of three runs. The second is replaced, and the third has not ended:
// neither of them is restored.
func TestWhatWasSavedIsRestored(t *testing.T) {
	s := open(t, t.TempDir())
	saved := func(seed uint64, keys []string, entries ...string) *Restorable {
		return &Restorable{Seed: seed, Keys: keys, Entries: func(yield func([]byte, error) bool) {
			for _, entry := range entries {
				if !yield([]byte(entry), nil) {
					return
				}
			}
		}}
	}
	large := string(make([]byte, 3*entriesPartSize))
	first, err := s.Begin(t.Context(), start(), saved(7, []string{"plan", "email"}, "one", large, "two"))
	if err == nil {
		err = first.Finish(t.Context(), Ending{Outcome: Done, At: night})
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Begin(t.Context(), start(), saved(7, nil, "lost")); err != nil {
		t.Fatal(err)
	}
	third, err := s.Begin(t.Context(), start(), saved(8, []string{"seats"}, "three"))
	if err != nil {
		t.Fatal(err)
	}
	got := func() (all []string) {
		for entry, err := range s.RestoreEntries(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(entry))
		}
		return all
	}
	if all := got(); len(all) != 3 {
		t.Errorf("%d entries of runs that have ended", len(all))
	}
	if err := third.Finish(t.Context(), Ending{Outcome: Done, At: night}); err != nil {
		t.Fatal(err)
	}
	if all := got(); len(all) != 4 || all[0] != "one" || all[1] != large || all[3] != "three" {
		t.Errorf("%d entries", len(all))
	}
	seed, keys, err := s.RestoreKeys(t.Context())
	if seed != 7 || len(keys) != 3 || keys[2] != "seats" || err != nil {
		t.Errorf("seed %d, keys %q, %v", seed, keys, err)
	}
	if _, err := s.db.Exec("UPDATE learnt SET entries = x'00' WHERE run = 1"); err != nil {
		t.Fatal(err)
	}
	for _, err := range s.RestoreEntries(t.Context()) {
		if err == nil {
			t.Error("damage was taken")
		}
		break
	}
}

// TestEntriesThatReplaceEarlierOnes: they stand for those of earlier runs once their run has ended. A run that
// is replaced before it has ended leaves the earlier ones as they were.
func TestEntriesThatReplaceEarlierOnes(t *testing.T) {
	s := open(t, t.TempDir())
	begin := func(entry string, replaces bool) *Run {
		t.Helper()
		run, err := s.Begin(t.Context(), start(), &Restorable{Seed: 7, ReplacesEarlier: replaces, Entries: func(yield func([]byte, error) bool) { yield([]byte(entry), nil) }})
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	finish := func(run *Run) {
		t.Helper()
		if err := run.Finish(t.Context(), Ending{Outcome: Done, At: night}); err != nil {
			t.Fatal(err)
		}
	}
	restored := func(want ...string) {
		t.Helper()
		var got []string
		for entry, err := range s.RestoreEntries(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(entry))
		}
		if !slices.Equal(got, want) {
			t.Errorf("restored %q, want %q", got, want)
		}
	}
	finish(begin("one", false))
	finish(begin("two", false))
	begin("stopped", true)
	restored("one", "two")
	three := begin("one, two and three", true)
	restored("one", "two")
	finish(three)
	restored("one, two and three")
	finish(begin("four", false))
	restored("one, two and three", "four")
}
