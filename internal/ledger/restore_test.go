package ledger

import "testing"

// TestWhatWasSavedIsRestored saves entries of two runs, the first of which is replaced.
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
	got := func(besides int64) (all []string) {
		for entry, err := range s.RestoreEntries(t.Context(), besides) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(entry))
		}
		return all
	}
	if all := got(0); len(all) != 4 || all[0] != "one" || all[1] != large || all[3] != "three" {
		t.Errorf("%d entries", len(all))
	}
	if all := got(third.ID); len(all) != 3 {
		t.Errorf("%d entries of other runs", len(all))
	}
	seed, keys, err := s.RestoreKeys(t.Context())
	if seed != 7 || len(keys) != 3 || keys[2] != "seats" || err != nil {
		t.Errorf("seed %d, keys %q, %v", seed, keys, err)
	}
	if _, err := s.db.Exec("UPDATE learnt SET entries = x'00' WHERE run = 1"); err != nil {
		t.Fatal(err)
	}
	for _, err := range s.RestoreEntries(t.Context(), 0) {
		if err == nil {
			t.Error("damage was taken")
		}
		break
	}
}
