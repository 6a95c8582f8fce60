package ledger

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhatAKillLeavesIsOurs lists a directory while a state is created in it, and after. No file is foreign,
// and each has a name that IsOwnFile knows. Other content under the same names is foreign.
func TestWhatAKillLeavesIsOurs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	lock, err := Take(t.Context(), dir, Holder{PID: 5, Host: "here", Command: "ph2cio backfill"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	begun := &Store{path: filepath.Join(dir, FileName+newSuffix), scheme: "1"}
	if err := begun.fill(t.Context(), ours); err != nil {
		t.Fatal(err)
	}
	checkOurs(t, dir, FileName+newSuffix, FileName+newSuffix+"-wal", FileName+newSuffix+"-shm", lockName, holderName)
	if !InUse(dir) || IsState(dir) {
		t.Errorf("in use: %v, a state: %v", InUse(dir), IsState(dir))
	}
	if err := begun.Close(); err != nil {
		t.Fatal(err)
	}
	state := open(t, dir)
	checkOurs(t, dir, FileName, FileName+"-wal", FileName+"-shm", lockName, holderName)
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	if err := state.Close(); err != nil {
		t.Fatal(err)
	}
	if !InUse(dir) || !IsState(dir) {
		t.Errorf("in use: %v, a state: %v", InUse(dir), IsState(dir))
	}
}

// checkOurs checks that a directory has exactly these files, and that all are ours.
func checkOurs(t *testing.T, dir string, names ...string) {
	t.Helper()
	if foreign, err := ForeignFile(dir); foreign != "" || err != nil {
		t.Errorf("%s is taken for somebody else's, %v", foreign, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(names) {
		t.Errorf("there are %v; %v", entries, err)
	}
	for _, entry := range entries {
		if !IsOwnFile(entry.Name()) {
			t.Errorf("%s is not kept", entry.Name())
		}
	}
}

// lostContent is what a power loss may leave of a file: as many zeros as it had bytes.
var lostContent = strings.Repeat("\x00", 200)

// TestForeign puts a file of another program under each name that a run would use.
func TestForeign(t *testing.T) {
	t.Parallel()
	for _, name := range OwnFiles() {
		dir := t.TempDir()
		for _, text := range []string{"", lostContent, "{\"event\":\"Opened\"}\n", "mine"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			refused := name == FileName || name == FileName+"-wal" || name == FileName+"-journal" // by Open
			want := name
			if text == "" || text == lostContent && name != lockName || refused {
				want = ""
			}
			if got, err := ForeignFile(dir); got != want || err != nil {
				t.Errorf("%s with %q: %q, %v", name, text, got, err)
			}
			if IsState(dir) {
				t.Errorf("%s with %q makes it a state", name, text)
			}
		}
	}
}
