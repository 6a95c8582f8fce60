package ledger

import "testing"

// TestKnownSources reads sources by several runs. Each source is known as the last run that came to its end
// read it.
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
	a, b := Source{Path: "/a", Size: 1, Fingerprint: "x", Modified: 7, Ends: "e"}, Source{Path: "/b", Size: 2, Fingerprint: "y"}
	if err := begin(a, b).Finish(t.Context(), Ending{Outcome: Done, At: night}); err != nil {
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
	if err := second.Finish(t.Context(), Ending{Outcome: Replaced, At: night}); err != nil {
		t.Fatal(err)
	}
	if got := known(); got["/a"].Source != a {
		t.Errorf("after one that was replaced: %+v", got)
	}
	if err := third.Finish(t.Context(), Ending{Outcome: Troubled, At: night}); err != nil {
		t.Fatal(err)
	}
	if got := known(); got["/b"].Run != third.ID || got["/b"].Number != 0 || got["/a"].Run != 1 {
		t.Errorf("after the third: %+v", got)
	}
}
