package ledger

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// version1Values are the kinds and values of people as the program wrote them when version 1 was its schema, and what they mean.
var version1Values = []struct{ kind, kept, distinctID, value string }{
	{"id", `"user_1`, "user_1", "user_1"},
	{"id", `"of \"them\" \u003c3`, `of "them" <3`, `of "them" <3`},
	{"email", `"bo@example.com`, "user_2", "bo@example.com"},
	{"id", `"other`, "user_3", "other"},
	{"id", "12", "12", "12"},
}

// schema1 is a state directory of schema 1, as the program left it then. Of its events some were sent, if any is true.
func schema1(t *testing.T, sent bool) (dir string) {
	t.Helper()
	dir = t.TempDir()
	text, err := os.ReadFile(filepath.Join(golden, "schema1", FileName))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, FileName), text, 0o600)
	}
	s := &Store{path: filepath.Join(dir, FileName)}
	if err == nil {
		err = s.connect("")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if !sent {
		if _, err := s.db.Exec("DELETE FROM positions WHERE phase > 1"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.db.Exec("DELETE FROM people"); err != nil {
		t.Fatal(err)
	}
	for _, one := range version1Values {
		segment := AppendPerson(nil, &Person{Kind: one.kind, Value: one.kept, DistinctID: one.distinctID})
		if _, err := s.db.Exec("INSERT INTO people (run, saved, count, people) VALUES (1, 0, 1, ?)", segment); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func checkMended(t *testing.T, s *Store) {
	t.Helper()
	var got, want []Person
	for _, one := range version1Values {
		want = append(want, Person{Kind: one.kind, Value: one.value, DistinctID: one.distinctID})
	}
	for p, err := range s.People(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, p)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("people, want -, got +:\n%s", diff)
	}
}

// TestVersion1IsMended: what people were sent under had a quote in front, and which events were sent was not noted. The run that
// was under way knows it by its position.
func TestVersion1IsMended(t *testing.T) {
	t.Parallel()
	for _, sent := range []bool{true, false} {
		s := open(t, schema1(t, sent))
		checkMended(t, s)
		if s.Older() != 1 {
			t.Errorf("it was of schema %d", s.Older())
		}
		var want int64
		if sent {
			want = DayOf(night) - 3
		}
		for goesOn, want := range map[int64]int64{0: want, 1: 0, 2: want} {
			if day, err := s.KeysFrom(t.Context(), goesOn); day != want || err != nil {
				t.Errorf("for run %d keys are known from day %d, %v, want %d", goesOn, day, err, want)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		again := open(t, filepath.Dir(s.path))
		checkMended(t, again)
		if again.Older() != 0 {
			t.Error("it is brought to the newest schema again")
		}
	}
}

// TestLookingAtAnOlderSchema leaves the file as it is, and nothing behind.
func TestLookingAtAnOlderSchema(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.Getenv("TMPDIR"))
	dir := schema1(t, true)
	before, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	s, err := OpenReadOnly(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	checkMended(t, s)
	if s.Older() != 1 || s.Workspace() != ours {
		t.Errorf("it was of schema %d and workspace %+v", s.Older(), s.Workspace())
	}
	r, err := s.Last(t.Context(), "backfill")
	if err != nil || r.Saved != night.Add(3*time.Minute) {
		t.Errorf("the last run: %+v, %v", r, err)
	}
	if _, err := s.Begin(t.Context(), start(), nil); err == nil {
		t.Error("a store that was opened to look at was written to")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	after, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil || string(after) != string(before) {
		t.Errorf("the file is not what it was; %v", err)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); len(left) > 0 || err != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
