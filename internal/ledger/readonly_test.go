package ledger

import (
	"os"
	"path/filepath"
	"testing"
)

// names returns the files of a directory.
func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		all = append(all, entry.Name())
	}
	return all
}

func TestLookingLeavesTheDirectoryAsItWas(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	write(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, FileName)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	looked, err := OpenReadOnly(t.Context(), dir, scheme)
	if err != nil {
		t.Fatal(err)
	}
	checkWritten(t, looked)
	if _, err := looked.db.Exec("DELETE FROM runs"); err == nil {
		t.Error("it can be written to")
	}
	if err := looked.Close(); err != nil {
		t.Error(err)
	}
	if left := names(t, dir); len(left) != 1 {
		t.Errorf("it left %v", left)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the database is another: %v", err)
	}
}

// A state in a directory where no file can be created is read without locks. If it changes meanwhile, Close
// reports that.
func TestLookingWhereNothingCanBeWritten(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	write(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	look := func() *Store {
		t.Helper()
		looked := &Store{path: filepath.Join(dir, FileName), scheme: "2"}
		if err := looked.connectWithoutLocks(); err != nil {
			t.Fatal(err)
		}
		if err := looked.checkReadable(t.Context()); err != nil {
			t.Fatal(err)
		}
		return looked
	}
	looked := look()
	checkWritten(t, looked)
	if left := names(t, dir); len(left) != 1 {
		t.Errorf("it made %v", left)
	}
	if err := looked.Close(); err != nil {
		t.Error(err)
	}
	looked = look()
	s = open(t, dir)
	if _, err := s.Begin(t.Context(), start(), nil); err != nil {
		t.Fatal(err)
	}
	if err := looked.Close(); err == nil {
		t.Error("a change was not told")
	}
}
