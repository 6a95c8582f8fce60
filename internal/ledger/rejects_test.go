package ledger

import "testing"

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
		err = second.Finish(t.Context(), Ending{Outcome: Done, At: night, Retried: []Phase{Events}})
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := keys(0); len(got) != 1 || got[0] != (Key{1}) {
		t.Errorf("open after the second source was read again: %v", got)
	}
}
