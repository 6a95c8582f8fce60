package ledger

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPeopleAreStoredOnce lets runs send people again and again. Of each person the identifier of the first
// time and the state of the last time stay known, and the people stand in the order in which they were first
// sent. At most half as many people are stored again as there are.
func TestPeopleAreStoredOnce(t *testing.T) {
	s := open(t, t.TempDir())
	dice := rand.New(rand.NewPCG(1, 2))
	var want []Person
	for night := range 25 {
		r, err := s.Begin(t.Context(), start(), nil)
		if err != nil {
			t.Fatal(err)
		}
		step := &Step{Phase: People}
		for _, who := range dice.Perm(20 + 20*night)[:dice.IntN(20+20*night)] {
			p := Person{DistinctID: fmt.Sprint("user_", who), Kind: "id", Email: dice.Uint64(), Updated: dice.Int64() - 1<<62}
			p.State[0], p.State[15] = byte(dice.Int()), byte(dice.Int())
			p.Value, p.Removed = p.DistinctID, strings.Repeat("gone", dice.IntN(3))
			if dice.IntN(3) == 0 {
				p.Kind, p.Value = "email", fmt.Sprint(dice.Int(), "@example.com")
			}
			step.AddPerson(&p)
			want = addOnce(want, p)
		}
		if err := r.Save(step, r.Began); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, peopleOf(t, s)); diff != "" {
			t.Fatalf("night %d, before its end, want -, got +:\n%s", night, diff)
		}
		if err := r.Finish(t.Context(), Ending{Outcome: Done, At: r.Began}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, peopleOf(t, s)); diff != "" {
			t.Fatalf("night %d, want -, got +:\n%s", night, diff)
		}
		var stored int
		if err := s.db.QueryRow("SELECT sum(count) FROM people").Scan(&stored); err != nil {
			t.Fatal(err)
		}
		if most := len(want) * 3 / 2; stored > most {
			t.Errorf("night %d: %d people are stored for %d, want at most %d", night, stored, len(want), most)
		}
	}
}

// addOnce adds a person who was sent to people each of whom stands there once.
func addOnce(all []Person, p Person) []Person {
	i := slices.IndexFunc(all, func(o Person) bool { return o.DistinctID == p.DistinctID })
	if i < 0 {
		return append(all, p)
	}
	all[i].State, all[i].Email, all[i].Updated, all[i].Removed = p.State, p.Email, p.Updated, p.Removed
	return all
}

func peopleOf(t *testing.T, s *Store) (all []Person) {
	t.Helper()
	for p, err := range s.People(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		all = addOnce(all, p)
	}
	return all
}

// TestTheFileShrinks: when most of the file is free after a run, the file becomes smaller.
func TestTheFileShrinks(t *testing.T) {
	dir := t.TempDir()
	size := func(run string, save *Restorable) int64 {
		t.Helper()
		s := open(t, dir)
		r, err := s.Begin(t.Context(), start(), save)
		if err == nil {
			err = r.Finish(t.Context(), Ending{Outcome: Done, At: night})
		}
		if err == nil {
			err = s.Close()
		}
		if err != nil {
			t.Fatal(run, err)
		}
		info, err := os.Stat(s.path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	entry := make([]byte, 1<<20)
	for i := range entry {
		entry[i] = byte(rand.Int())
	}
	large := size("the first", &Restorable{Entries: func(yield func([]byte, error) bool) { yield(entry, nil) }})
	small := size("the second", &Restorable{ReplacesEarlier: true, Entries: func(yield func([]byte, error) bool) { yield(entry[:100], nil) }})
	if large < 1<<20 || small > large/4 {
		t.Errorf("%d bytes, and %d after most of it was deleted", large, small)
	}
}
