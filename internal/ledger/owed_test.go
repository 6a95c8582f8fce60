package ledger

import (
	"maps"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestWhatIsOwedIsKept saves it in steps of any size, and reads a source again in a later run, which owes anew.
func TestWhatIsOwedIsKept(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := open(t, t.TempDir())
		defer s.Close()
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		want := map[int]map[Key]bool{0: {}, 1: {}}
		first, err := s.Begin(t.Context(), start(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var last Owed
		for range rapid.IntRange(0, 8).Draw(r, "steps") {
			var step []Owed
			for range rapid.IntRange(0, 30).Draw(r, "visitors") {
				one := Owed{random.IntN(2), sentOn(random.Int64N(1000), random).Key}
				if random.IntN(3) == 0 {
					one = last // somebody comes again
				}
				step, last = append(step, one), one
				want[one.Source][one.ID] = true
			}
			if err := first.Save(&Step{Phase: Events, Counters: []byte("{}"), Owed: step}, night); err != nil {
				t.Fatal(err)
			}
		}
		owed := func(run *Run, source int) map[Key]bool {
			all := map[Key]bool{}
			for id, err := range s.OwedOf(t.Context(), run.ID, source) {
				if err != nil {
					t.Fatal(err)
				}
				all[id] = true
			}
			return all
		}
		for source, ids := range want {
			if got := owed(first, source); !maps.Equal(got, ids) {
				r.Fatalf("%d are owed in source %d, want %d", len(got), source, len(ids))
			}
		}
		if err := first.Finish(t.Context(), Done, night, nil, nil); err != nil {
			t.Fatal(err)
		}
		again := start()
		again.Sources = again.Sources[1:]
		second, err := s.Begin(t.Context(), again, nil)
		if err == nil {
			err = second.Finish(t.Context(), Done, night, []SettledOwed{{Run: first.ID, Number: 1}}, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(owed(first, 1)) != 0 || !maps.Equal(owed(first, 0), want[0]) {
			r.Fatalf("%d are owed of a source that was read again, %d of the other, want %d", len(owed(first, 1)), len(owed(first, 0)), len(want[0]))
		}
	})
}

// TestKnownSources are those of the last run that read them, and came to its end.
func TestKnownSources(t *testing.T) {
	s := open(t, t.TempDir())
	begin := func(sources ...Source) *Run {
		st := start()
		st.Sources = sources
		run, err := s.Begin(t.Context(), st, nil)
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	a, b := Source{Path: "/a", Size: 1, Fingerprint: "x", Modified: 7, Ends: "e", Recent: 3}, Source{Path: "/b", Size: 2, Fingerprint: "y"}
	if err := begin(a, b).Finish(t.Context(), Done, night, nil, nil); err != nil {
		t.Fatal(err)
	}
	grown := a
	grown.Size = 5
	second := begin(Source{Path: "/c", Fingerprint: "z"}, grown)
	known := func() map[string]KnownSource {
		all := map[string]KnownSource{}
		for one, err := range s.KnownSources(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			all[one.Path] = one
		}
		return all
	}
	if got := known(); len(got) != 2 || got["/a"].Source != a || got["/b"].Source != b || got["/b"].Number != 1 || !got["/a"].Now.Equal(start().Now) {
		t.Errorf("while a run is under way: %+v", got)
	}
	third := begin(b)
	if err := second.Finish(t.Context(), Replaced, night, nil, nil); err != nil {
		t.Fatal(err)
	}
	if got := known(); got["/a"].Source != a {
		t.Errorf("after one that was replaced: %+v", got)
	}
	if err := third.Finish(t.Context(), Troubled, night, nil, nil); err != nil {
		t.Fatal(err)
	}
	if got := known(); got["/b"].Run != third.ID || got["/b"].Number != 0 || got["/a"].Run != 1 {
		t.Errorf("after the third: %+v", got)
	}
}

// TestRejectsAreOpenUntilTheyAreRetried has rejects of two sources, one of which is read again.
func TestRejectsAreOpenUntilTheyAreRetried(t *testing.T) {
	s := open(t, t.TempDir())
	first, err := s.Begin(t.Context(), start(), nil)
	if err != nil {
		t.Fatal(err)
	}
	err = first.Save(&Step{Phase: Events, Counters: []byte("{}"), Rejects: []Reject{
		{Events, 199, "a", Key{1}, false, []byte("{}")}, {Events, 200, "b", Key{2}, false, []byte("{}")}, {Events, 201, "b", Key{2}, false, []byte("{}")},
		{Events, 202, "c", Key{}, false, []byte("{}")},
	}}, night)
	if err != nil {
		t.Fatal(err)
	}
	keys := func(besides int64) []Key {
		all, err := s.RejectKeys(t.Context(), besides)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if got := keys(0); len(got) != 2 || got[0] != (Key{1}) || len(keys(first.ID)) != 0 {
		t.Errorf("open: %v", got)
	}
	again := start()
	again.Sources = again.Sources[1:]
	second, err := s.Begin(t.Context(), again, nil)
	if err == nil {
		err = second.Finish(t.Context(), Done, night, nil, nil, Events)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := keys(0); len(got) != 1 || got[0] != (Key{1}) {
		t.Errorf("open after the second source was read again: %v", got)
	}
}

// TestWhatWasLearntComesBack keeps entries of two runs, one of which is replaced.
func TestWhatWasLearntComesBack(t *testing.T) {
	s := open(t, t.TempDir())
	learnt := func(seed uint64, keys []string, entries ...string) *Learnt {
		return &Learnt{Seed: seed, Keys: keys, Entries: func(yield func([]byte, error) bool) {
			for _, entry := range entries {
				if !yield([]byte(entry), nil) {
					return
				}
			}
		}}
	}
	large := string(make([]byte, 3*learntPart))
	first, err := s.Begin(t.Context(), start(), learnt(7, []string{"plan", "email"}, "one", large, "two"))
	if err == nil {
		err = first.Finish(t.Context(), Done, night, nil, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Begin(t.Context(), start(), learnt(7, nil, "lost")); err != nil {
		t.Fatal(err)
	}
	third, err := s.Begin(t.Context(), start(), learnt(8, []string{"seats"}, "three"))
	if err != nil {
		t.Fatal(err)
	}
	got := func(besides int64) (all []string) {
		for entry, err := range s.Learnt(t.Context(), besides) {
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
	seed, keys, err := s.LearntWith(t.Context())
	if seed != 7 || len(keys) != 3 || keys[2] != "seats" || err != nil {
		t.Errorf("seed %d, keys %q, %v", seed, keys, err)
	}
	if _, err := s.db.Exec("UPDATE learnt SET entries = x'00' WHERE run = 1"); err != nil {
		t.Fatal(err)
	}
	for _, err := range s.Learnt(t.Context(), 0) {
		if err == nil {
			t.Error("damage was taken")
		}
		break
	}
}
