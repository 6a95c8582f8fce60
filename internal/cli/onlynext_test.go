package cli

import (
	"strings"
	"testing"

	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
)

// TestACommandWithoutOnly has commands with few people, and such whose --only cannot be taken out.
func TestACommandWithoutOnly(t *testing.T) {
	for command, want := range map[string][2]string{
		"ph2cio backfill --only u export/":           {"ph2cio backfill export/", "u"},
		"ph2cio backfill export/ --only=u,v":         {"ph2cio backfill export/", "u,v"},
		"ph2cio backfill --yes --only @f --rate 2 a": {"ph2cio backfill --yes --rate 2 a", "@f"},
		"ph2cio backfill export/":                    {"ph2cio backfill export/", ""},
		"ph2cio backfill --only 'a b' export/":       {"ph2cio backfill --only 'a b' export/", ""},
		"ph2cio backfill -- --only u":                {"ph2cio backfill -- --only u", ""},
		"ph2cio backfill --only":                     {"ph2cio backfill --only", ""},
	} {
		if all, named := withoutOnly(command); all != want[0] || named != want[1] {
			t.Errorf("%s: %q without %q, want %q", command, all, named, want)
		}
	}
}

// TestOnePersonIsTriedFirst follows what the program says to type: one person, then everybody, then what is new.
func TestOnePersonIsTriedFirst(t *testing.T) {
	box, account := startSandbox(t, sandbox.Faults{})
	state := t.TempDir()
	run := func(args ...string) outcome {
		t.Helper()
		out := runProgram(t, account, append(args, "--state", state)...)
		if out.code != exit.Done {
			t.Fatalf("%q: exit code %d\n%s", args, out.code, out.stderr)
		}
		return out
	}
	says := func(out outcome, want ...string) {
		t.Helper()
		for _, text := range want {
			if !strings.Contains(strings.Join(strings.Fields(out.stdout), " "), text) {
				t.Errorf("%q is not said:\n%s", text, out.stdout)
			}
		}
	}
	all := "ph2cio backfill --yes " + acornly + " --state " + state
	tried := run("backfill", "--yes", "--only", "user_1001", acornly)
	says(tried, all, "First look at user_1001: `curl -s "+account["CUSTOMERIO_TRACK_URL"]+"/sandbox/people` shows who has arrived.")
	says(run("preview", acornly), "Next "+all)
	says(run("status"), "tried with --only, and not sent to everybody", all)
	sent := run("backfill", "--yes", acornly)
	if strings.Contains(sent.stderr, "had other sources or flags") || strings.Contains(sent.stdout, "First look") {
		t.Errorf("%s%s", sent.stdout, sent.stderr)
	}
	if stats := box.Stats(); stats.Actions["person.identify"] != 3 || stats.RepeatedIDs != 0 {
		t.Errorf("somebody was sent twice: %+v", stats)
	}
	says(run("status"), "up to date through", "ph2cio sync "+acornly)
	says(run("backfill", "--yes", "--only", "user_1001", acornly), "Sent nothing")
	says(run("status"), "up to date through", "ph2cio sync "+acornly)
}
