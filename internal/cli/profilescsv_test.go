package cli

import (
	"bytes"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
)

// readProfiles reads a list of profiles, which must be only its owner's, without the header.
func readProfiles(t *testing.T, path string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil || len(rows) == 0 || !looksWrittenFor[profilesCSVFlag](text) {
		t.Fatalf("%v: %q", err, text)
	}
	return rows[1:]
}

// TestProfilesAreListed lists the profiles of an export with an ID that a spreadsheet would run, in a preview and by a
// backfill that Customer.io stops, by the one that resumes it, and by a sync with nothing new.
func TestProfilesAreListed(t *testing.T) {
	dir := t.TempDir()
	export, existing := filepath.Join(dir, "export.jsonl"), filepath.Join(dir, "existing.csv")
	write(t, export, `{"event":"a","distinct_id":"user_1","timestamp":"2026-01-01T00:00:00Z","properties":{"$set":{"email":"one@example.com","=plan":"b"}}}
{"event":"a","distinct_id":"=1+1","timestamp":"2026-01-01T00:00:00Z","properties":{"$is_identified":true}}
`)
	write(t, existing, "id,email\nuser_1,one@example.com\n")
	list, state := filepath.Join(dir, "profiles.csv"), filepath.Join(dir, "state")
	all := [][]string{
		{"id", "user_1", "updated", "no", "", "", "user_1", "one@example.com", "'=plan, email"},
		{"id", "'=1+1", "created", "yes", "", "", "'=1+1", "", ""},
	}
	_, account := startSandbox(t, sandbox.Faults{Answers: []sandbox.Answer{{On: "batch", Status: 401, After: 1, Next: 1}}})
	send := func(command string) []string {
		return []string{command, "--yes", "--batch-items", "1", "--concurrency", "1", "--existing", existing, "--profiles-csv", list, "--state", state, export}
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		want [][]string
	}{
		{"a preview", []string{"preview", "--fresh", "--existing", existing, "--profiles-csv", list, export}, exit.Done, all},
		{"a backfill that is stopped", send("backfill"), exit.Credentials, all[:1]},
		{"a backfill that is resumed", send("backfill"), exit.Done, all},
		{"nothing new", send("sync"), exit.Done, [][]string{}},
	} {
		out := runProgram(t, account, c.args...)
		if out.code != c.code {
			t.Fatalf("%s: exit code %d:\n%s", c.name, out.code, out.stderr)
		}
		if diff := cmp.Diff(c.want, readProfiles(t, list)); diff != "" {
			t.Errorf("%s, want -, got +:\n%s", c.name, diff)
		}
	}
}

// removeOnceSending removes a directory when it is said that a run sends.
type removeOnceSending struct{ dir string }

func (r removeOnceSending) Write(said []byte) (int, error) {
	if !bytes.Contains(said, []byte("sending events")) {
		return len(said), nil
	}
	return len(said), os.RemoveAll(r.dir)
}

// TestAListThatCannotBeWrittenIsNotLost has a backfill that cannot write its list in the end, and the same command
// again, which has nothing to send and writes it.
func TestAListThatCannotBeWrittenIsNotLost(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a directory of a file that is open cannot be removed")
	}
	dir := t.TempDir()
	lists := filepath.Join(dir, "lists")
	box, account := startSandbox(t, sandbox.Faults{})
	list := filepath.Join(lists, "profiles.csv")
	for i, code := range []int{exit.State, exit.Done} {
		if err := os.MkdirAll(lists, 0o700); err != nil {
			t.Fatal(err)
		}
		change := func(env *Env) {
			if i == 0 {
				env.Stderr = io.MultiWriter(env.Stderr, removeOnceSending{lists})
			}
		}
		out := runProgramWith(t, change, account, "backfill", "--yes", "--settle", "0s", "--profiles-csv", list, "--state", filepath.Join(dir, "state"), acornly)
		if out.code != code {
			t.Fatalf("exit code %d, want %d:\n%s", out.code, code, out.stderr)
		}
	}
	if got, want := len(readProfiles(t, list)), len(box.People()); got != want || want == 0 {
		t.Errorf("%d profiles are listed of %d", got, want)
	}
	if n := box.Stats().RepeatedIDs; n > 0 {
		t.Errorf("%d events were sent again", n)
	}
}

func TestNoListIsWrittenWhereNoneIsWanted(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "mapping.yaml")
	write(t, other, "# nothing\n")
	for says, args := range map[string][]string{
		"--profiles-csv needs a file, not -":        {"preview", "--profiles-csv", "-", acornly},
		"it cannot be used with --profiles-csv":     {"preview", "--diff", other, "--profiles-csv", filepath.Join(dir, "x.csv"), acornly},
		"already exists and holds something else":   {"preview", "--profiles-csv", other, acornly},
		"unknown flag: --profiles-csv":              {"inspect", "--profiles-csv", filepath.Join(dir, "x.csv"), acornly},
		"would be read as a source by the next run": {"preview", "--profiles-csv", filepath.Join(dir, "x.csv"), dir},
	} {
		if out := runProgram(t, nil, args...); out.code != exit.Usage || !strings.Contains(out.stderr, says) {
			t.Errorf("%v: exit code %d, and it is not said that %s:\n%s", args, out.code, says, out.stderr)
		}
	}
}
