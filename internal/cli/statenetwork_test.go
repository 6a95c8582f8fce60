package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
)

// The directory of this test is on a disk, or else nothing else here would pass.
func TestTemporaryFilesAreLocal(t *testing.T) {
	if name := networkFS(t.TempDir()); name != "" {
		t.Errorf("they are on %s", name)
	}
	if name := networkFS(filepath.Join(t.TempDir(), "no", "such")); name != "" {
		t.Errorf("what is not there is on %s", name)
	}
}

// A state directory on a network file system is refused by check, and by a run before it sends or makes
// anything.
func TestAStateDirectoryElsewhereIsRefused(t *testing.T) {
	box, account := startSandbox(t, sandbox.Faults{})
	dir := t.TempDir()
	asked := ""
	elsewhere := func(path string) string {
		asked = path
		return "nfs"
	}
	state := filepath.Join(dir, "to", "be", "made")
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"check", "--state", state}, "FAIL  state      writing " + state + ": it is on a network file system (nfs)"},
		{[]string{"backfill", "--yes", "--state", state, acornly}, "error: writing " + state + ": it is on a network file system (nfs)"},
	} {
		before := box.Stats().Requests
		out := runProgramWith(t, func(e *Env) { e.NetworkFS = elsewhere }, account, c.args...)
		if said := out.stdout + out.stderr; out.code != exit.State || !strings.Contains(said, c.says) || !strings.Contains(said, "with --state") {
			t.Errorf("%v: exit code %d\n%s", c.args, out.code, said)
		}
		if asked != dir {
			t.Errorf("%v asked about %q", c.args, asked)
		}
		if n := box.Stats().Requests - before; n != 1 { // for the workspace
			t.Errorf("%v: %d requests", c.args, n)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("it made %v", left)
	}
	out := runProgramWith(t, func(e *Env) { e.NetworkFS = elsewhere }, account, "backfill", "--sandbox", "--quiet", acornly)
	if out.code != exit.Done {
		t.Errorf("a state that is thrown away: exit code %d\n%s", out.code, out.stderr)
	}
	out = runProgramWith(t, func(e *Env) { e.NetworkFS = networkFS }, account, "check", "--state", state)
	if out.code != exit.Done || !strings.Contains(strings.Join(strings.Fields(out.stdout), " "), "ok state "+state+" (the first run creates it)") {
		t.Errorf("on this disk: exit code %d\n%s", out.code, out.stdout)
	}
}
