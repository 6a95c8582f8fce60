package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMigration has a schema of the future. Only opening a store for writing brings it to that.
func TestMigration(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	write(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	released := migrations
	defer func() { migrations = released }()
	more := "CREATE TABLE more (a INTEGER) STRICT;"
	migrations = append(migrations[:len(migrations):len(migrations)], more, "no SQL at all;")
	if _, err := OpenReadOnly(t.Context(), dir, scheme); err == nil || !strings.Contains(err.Error(), "was created by an older version of ph2cio") {
		t.Errorf("looking at an older schema: %v", err)
	}
	if _, err := Open(t.Context(), dir, ours, scheme); err == nil {
		t.Fatal("a migration that fails was taken")
	}
	migrations = migrations[:len(released)+1]
	s = open(t, dir)
	checkWritten(t, s)
	if _, err := s.db.Exec("INSERT INTO more VALUES (1)"); err != nil {
		t.Errorf("the new table: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	checkWritten(t, open(t, dir))
}

// TestLookingAtAnotherForm opens a file with other tables, for reading and for writing. Both are refused and
// leave the file as it was.
func TestLookingAtAnotherForm(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"another schema":            "UPDATE meta SET value = '0123' WHERE key = 'form'",
		"another rule of event IDs": "UPDATE meta SET value = '1' WHERE key = 'id_scheme'",
		"before forms were noted":   "DELETE FROM meta WHERE key = 'form'",
		"a schema that was dropped": "DELETE FROM meta WHERE key = 'form'; PRAGMA user_version = 2",
	} {
		dir := t.TempDir()
		s := open(t, dir)
		write(t, s)
		if _, err := s.db.Exec(change); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		before, err := os.ReadFile(filepath.Join(dir, FileName))
		if err != nil {
			t.Fatal(err)
		}
		says := "from before the first release"
		if strings.Contains(change, "id_scheme") {
			says = "has event IDs by rule 1"
		}
		_, err = OpenReadOnly(t.Context(), dir, scheme)
		if failed, ok := errors.AsType[*StateError](err); !ok || !strings.Contains(err.Error(), says) || !strings.Contains(failed.Hint(), "that created it") {
			t.Errorf("%s: %v", name, err)
		}
		after, err := os.ReadFile(filepath.Join(dir, FileName))
		if err != nil || string(after) != string(before) {
			t.Errorf("%s: the file is not what it was; %v", name, err)
		}
	}
}
