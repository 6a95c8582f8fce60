package cli

import (
	"strings"
	"testing"

	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
)

// TestAPreviewNamesTheBackfillOfOnePerson has flags that a backfill does not have, or that would show less.
func TestAPreviewNamesTheBackfillOfOnePerson(t *testing.T) {
	for preview, want := range map[string]string{
		"preview export/": "ph2cio backfill --only u export/",
		"preview --limit 0 --operations=x -q --json --fresh --rate 2 a b":  "ph2cio backfill --only u --rate 2 a b",
		"preview --limit=0 --operations x a -- --json":                     "ph2cio backfill --only u a -- --json",
		"preview --report x.html --report-examples --profiles-csv=x.csv a": "ph2cio backfill --only u a",
		"backfill --dry-run export/":                                       "",
	} {
		if got := backfillOf(strings.Fields(preview), "u"); got != want {
			t.Errorf("%s: %q, want %q", preview, got, want)
		}
	}
	for id, want := range map[string]bool{"user_1001": true, "a@x.example": false, "a,b": false, "-x": false, " x": false, "a\x1b[2J": false, "*": false} {
		if got := isPlainName(id); got != want {
			t.Errorf("%q: %v", id, got)
		}
	}
}

// TestAPreviewNamesNoPersonOnceSomethingWasSent has a new state, and one of a run.
func TestAPreviewNamesNoPersonOnceSomethingWasSent(t *testing.T) {
	_, account := startSandbox(t, sandbox.Faults{})
	state := t.TempDir()
	next := func() bool {
		out := runProgram(t, account, "preview", "--limit", "0", "--state", state, acornly)
		if out.code != exit.Done {
			t.Fatal(out.stderr)
		}
		return strings.Contains(out.stdout, "ph2cio backfill --only user_1001 --state ")
	}
	before := next()
	if out := runProgram(t, account, "backfill", "--yes", "--quiet", "--settle", "0s", "--state", state, acornly); out.code != exit.Done {
		t.Fatal(out.stderr)
	}
	if after := next(); !before || after {
		t.Errorf("before %v, after %v", before, after)
	}
}
