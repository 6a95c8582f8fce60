package ledger

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// golden are state directories as each version of the schema left them. Those of a released schema are never written anew.
const golden = "../../testdata/state"

// TestStatesOfEveryVersionOpen opens them, brings them to the newest schema, and finds in them what was saved. To add one for
// a new schema, run it with PH2CIO_WRITE_STATE=1.
func TestStatesOfEveryVersionOpen(t *testing.T) {
	for version := 1; version <= len(migrations); version++ {
		kept := filepath.Join(golden, fmt.Sprintf("schema%d", version))
		if _, err := os.Stat(kept); err != nil && version == len(migrations) && os.Getenv("PH2CIO_WRITE_STATE") != "" {
			writeGolden(t, kept)
		}
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(kept)); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, FileName), 0o600); err != nil {
			t.Fatal(err)
		}
		checkWritten(t, open(t, dir))
	}
}

func writeGolden(t *testing.T, dir string) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	write(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestMigration brings a store to a schema of the future, and keeps a copy of it as it was.
func TestMigration(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	write(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	released := migrations
	defer func() { migrations = released }()
	migrations = append(migrations[:len(migrations):len(migrations)], migration{statements: "CREATE TABLE more (a INTEGER) STRICT;"}, migration{statements: "no SQL at all;"})
	if _, err := Open(t.Context(), dir, ours); err == nil {
		t.Fatal("a migration that fails was taken")
	}
	migrations = migrations[:len(released)+1]
	s = open(t, dir)
	checkWritten(t, s)
	if _, err := s.db.Exec("INSERT INTO more VALUES (1)"); err != nil {
		t.Errorf("the new table: %v", err)
	}
	migrations = released
	before := filepath.Join(dir, "before")
	if err := os.Mkdir(before, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, fmt.Sprintf("%s.schema%d", FileName, len(released))), filepath.Join(before, FileName)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(before, FileName))
	if err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("the copy is for all to read: %v, %v", info.Mode(), err)
	}
	checkWritten(t, open(t, before))
}
