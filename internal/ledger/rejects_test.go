package ledger

import (
	"slices"
	"testing"
)

// TestRejectsAreOpenUntilTheyAreRetried has rejects of two sources, one of which is read again.
func TestRejectsAreOpenUntilTheyAreRetried(t *testing.T) {
	s := open(t, t.TempDir())
	first, err := s.Begin(t.Context(), start(), nil)
	if err != nil {
		t.Fatal(err)
	}
	err = first.Save(&Step{Phase: Events, Counters: []byte("{}"), Rejects: []Reject{
		{Events, 199, "a", Key{1}, Key{}, "", false, []byte("{}")}, {Events, 200, "b", Key{2}, Key{}, "", false, []byte("{}")}, {Events, 201, "b", Key{2}, Key{}, "", false, []byte("{}")},
		{Events, 202, "c", Key{}, Key{}, "", false, []byte("{}")},
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
		err = second.Save(&Step{Phase: Events, Counters: []byte("{}"), Rejects: []Reject{{Events, 203, "d", Key{3}, Key{}, "", false, []byte("{}")}}}, night)
	}
	if err == nil {
		err = second.Finish(t.Context(), Ending{Outcome: Done, At: night, Retried: []Phase{Events}})
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := keys(0); len(got) != 2 || got[0] != (Key{1}) || got[1] != (Key{3}) {
		t.Errorf("open after the second source was read again: %v, want that of the first source and the new one", got)
	}
}

// TestOpenRejectsAreCountedByPhase has rejects of every phase, one that is only listed, and a retry of
// people.
func TestOpenRejectsAreCountedByPhase(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	first, err := s.Begin(t.Context(), start(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for phase, rejects := range map[Phase][]uint64{People: {1, 2}, Events: {0, 1, 200}, Merges: {3}, Emails: {4, 5}} {
		step := Step{Phase: phase, Counters: []byte("{}")}
		for _, number := range rejects {
			step.AddReject(Reject{Phase: phase, Number: number, Reason: "a", Text: []byte("{}")})
		}
		if phase == Events {
			step.AddReject(Reject{Phase: phase, Number: 7, Reason: "a", Closed: true, Text: []byte("{}")})
		}
		if err := first.Save(&step, night); err != nil {
			t.Fatal(err)
		}
	}
	check := func(people int64) {
		t.Helper()
		open, err := s.OpenRejects(t.Context())
		if err != nil || open.Rows != 3 || open.People != people || open.Merges != 1 || open.Emails != 2 || !slices.Equal(open.Sources, start().Sources) {
			t.Errorf("%+v, %v, want 3 rows of both sources, %d people, 1 merge and 2 emails", open, err, people)
		}
	}
	check(2)
	second, err := s.Begin(t.Context(), start(), nil)
	if err == nil {
		err = second.Finish(t.Context(), Ending{Outcome: Done, At: night, Retried: []Phase{People}})
	}
	if err != nil {
		t.Fatal(err)
	}
	check(0)
}
