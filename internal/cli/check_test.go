package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
)

// TestACheckSaysWhatToTypeNext has the flags of the check in the backfill that follows, and none after a failure.
func TestACheckSaysWhatToTypeNext(t *testing.T) {
	_, account := startSandbox(t, sandbox.Faults{})
	state := t.TempDir()
	next := func(code int, args ...string) string {
		t.Helper()
		out := runProgram(t, account, append([]string{"check", "--json"}, args...)...)
		if out.code != code {
			t.Fatalf("%q: exit code %d\n%s%s", args, out.code, out.stdout, out.stderr)
		}
		var document struct{ Next string }
		if err := json.Unmarshal([]byte(out.stdout), &document); err != nil {
			t.Fatal(err)
		}
		return document.Next
	}
	for _, c := range []struct{ args, want string }{
		{"", "ph2cio preview SOURCE"},
		{"-v --workspace 1 " + acornly + " --state " + state, "ph2cio backfill --workspace 1 " + acornly + " --state " + state},
	} {
		if got := next(exit.Done, strings.Fields(c.args)...); got != c.want {
			t.Errorf("check %s: %q, want %q", c.args, got, c.want)
		}
	}
	if got := next(exit.Usage, "--region", "eu"); got != "" {
		t.Errorf("%q after a failure", got)
	}
	if out := runProgram(t, account, "backfill", "--yes", "--quiet", "--state", state, acornly); out.code != exit.Done {
		t.Fatal(out.stderr)
	}
	if got := next(exit.Done, "--state", state, acornly); got != "ph2cio status --state "+state {
		t.Errorf("%q after a backfill", got)
	}
}
