package ledger

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// begin begins a run that differs from start in one thing.
func begin(t *testing.T, s *Store, save *Restorable, change func(*Start)) *Run {
	t.Helper()
	of := start()
	if change != nil {
		change(&of)
	}
	run, err := s.Begin(t.Context(), of, save)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// finish ends a run an hour after the night began.
func finish(t *testing.T, run *Run, end Ending) {
	t.Helper()
	end.At = night
	if end.Outcome == "" {
		end.Outcome = Done
	}
	if err := run.Finish(t.Context(), end); err != nil {
		t.Fatal(err)
	}
}

func TestTeamsOfAllRuns(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	for _, c := range []struct{ teams, want []int64 }{
		{nil, nil}, {[]int64{7, 2}, []int64{2, 7}}, {nil, []int64{2, 7}}, {[]int64{5, 7, -1}, []int64{-1, 2, 5, 7}},
	} {
		begin(t, s, nil, func(of *Start) { of.Teams = c.teams })
		if got, err := s.Teams(t.Context()); !slices.Equal(got, c.want) || err != nil {
			t.Errorf("after %v: %v, %v, want %v", c.teams, got, err, c.want)
		}
	}
	if _, err := s.db.Exec("UPDATE meta SET value = 'two' WHERE key = 'team_ids'"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Teams(t.Context()); err == nil {
		t.Error("a broken list was taken")
	}
	of := start()
	of.Teams = []int64{1}
	if _, err := s.Begin(t.Context(), of, nil); err == nil {
		t.Error("a broken list was replaced")
	}
}

func TestUUIDsOfAllRuns(t *testing.T) {
	t.Parallel()
	for _, runs := range [][]struct{ of, want UUIDs }{
		{{UUIDs{}, UUIDs{}}, {UUIDs{With: true}, UUIDs{With: true}}, {UUIDs{}, UUIDs{With: true}}, {UUIDs{Without: true}, UUIDs{true, true}}},
		{{UUIDs{Without: true}, UUIDs{Without: true}}, {UUIDs{With: true}, UUIDs{true, true}}, {UUIDs{With: true}, UUIDs{true, true}}},
	} {
		s := open(t, t.TempDir())
		for _, c := range runs {
			begin(t, s, nil, func(of *Start) { of.UUIDs = c.of })
			if got, err := s.UUIDs(t.Context()); got != c.want || got.Both() != (c.want.With && c.want.Without) || err != nil {
				t.Errorf("after %+v: %+v, %v, want %+v", c.of, got, err, c.want)
			}
		}
	}
}

// A later run saves the types of columns again, which replaces those of the same name.
func TestColumnsOfAllRuns(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	plan := Column{Name: "properties.plan", Kinds: 3, Column: "plan", Path: "/exports/a.csv", Line: 7, Cell: "free"}
	age := Column{Name: "properties.age", Kinds: 1}
	begin(t, s, &Restorable{Columns: []Column{plan, age}}, nil)
	begin(t, s, &Restorable{}, nil)
	age.Kinds = 16
	begin(t, s, &Restorable{Columns: []Column{age}}, nil)
	got, err := s.Columns(t.Context())
	if diff := cmp.Diff([]Column{age, plan}, got); diff != "" || err != nil {
		t.Errorf("%v, want -, got +:\n%s", err, diff)
	}
}
