package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const twoEvents = `{"event":"signed_up","distinct_id":"u1","uuid":"0195a1b2-0000-7000-8000-000000000001","timestamp":"2026-03-04T09:15:27Z","properties":{"plan":"free"}}
{"event":"debug","distinct_id":"u1","uuid":"0195a1b2-0000-7000-8000-000000000002","timestamp":"2026-03-04T09:15:28Z","properties":{"a":1}}
{"event":"kept","distinct_id":"u1","uuid":"0195a1b2-0000-7000-8000-000000000003","timestamp":"2026-03-04T09:15:29Z","properties":{"a":"\u001b[31m"}}
`

// TestPreviewDiff compares two mapping files by their settings and rules, from a file and from standard
// input.
func TestPreviewDiff(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "events.jsonl", twoEvents)
	write(t, "a.yaml", "settings: {event-attribute: [source=posthog]}\n")
	write(t, "b.yaml", "rules: [{events: signed_up, name: Signed Up, person: {plan: '{properties.plan}'}}, {events: debug, drop: true}]\n")
	want := `What changes from a.yaml to b.yaml (nothing sent)

Operations         changed  gone  new  same
  profile updates        1     0    0     0
  debug                  0     1    0     0
  kept                   1     0    0     0
  signed_up              1     0    0     0
  all                    3     1    0     0

profile updates, changed
  profile update  of u1
+ attributes: {"plan": "free"}

debug, gone
- event  debug  of u1  at 4 Mar 2026 09:15 UTC
-   a       1
-   source  posthog

kept, changed
  event  kept  of u1  at 4 Mar 2026 09:15 UTC
- attributes.source: "posthog"

signed_up, changed
  event  signed_up  of u1  at 4 Mar 2026 09:15 UTC
- name: "signed_up"
+ name: "Signed Up"
- attributes.source: "posthog"
`
	out := runProgram(t, nil, "preview", "--quiet", "--mapping", "a.yaml", "--diff", "b.yaml", "events.jsonl")
	if diff := cmp.Diff(want, out.stdout); diff != "" || out.code != 0 || out.stderr != "" {
		t.Errorf("exit code %d, %s; want -, got +:\n%s", out.code, out.stderr, diff)
	}
	piped := runProgramWith(t, func(e *Env) { e.Stdin = strings.NewReader(twoEvents) }, nil, "preview", "--quiet", "--mapping=a.yaml", "--diff", "b.yaml", "-")
	if piped.stdout != out.stdout || piped.code != 0 {
		t.Errorf("from standard input: exit code %d, %s%s", piped.code, piped.stdout, piped.stderr)
	}
	out = runProgram(t, nil, "preview", "--quiet", "--mapping", "a.yaml", "--diff", "b.yaml", "--json", "--limit", "0", "events.jsonl")
	var document struct {
		Same, Changed, Gone, New int
		Groups                   []struct{ Examples []any }
	}
	if err := json.Unmarshal([]byte(out.stdout), &document); err != nil || document.Changed != 3 || document.Gone != 1 || len(document.Groups) != 4 || document.Groups[0].Examples != nil {
		t.Errorf("%v: %s", err, out.stdout)
	}
	write(t, "same.yaml", "# nothing else\nsettings: {event-attribute: source=posthog}\n")
	out = runProgram(t, nil, "preview", "--mapping", "a.yaml", "--diff", "same.yaml", "events.jsonl")
	if !strings.Contains(out.stdout, "\nNothing: 4 operations are the same.\n") || !strings.Contains(out.stderr, "Reading with a.yaml.\n") || !strings.Contains(out.stderr, "Reading with same.yaml.\n") {
		t.Errorf("exit code %d, %s%s", out.code, out.stdout, out.stderr)
	}
}

func TestPreviewDiffRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "events.jsonl", twoEvents+"{\n")
	write(t, "good.yaml", "rules: [{events: debug, drop: true}]")
	write(t, "form.yaml", "rules: {}")
	write(t, "values.yaml", "settings:\n  page-name: x\n  rate: 2\n")
	for args, want := range map[string]string{
		"--diff none.yaml":                "--diff: none.yaml does not exist",
		"--diff -":                        "--diff must be a file, not standard input",
		"--diff form.yaml":                "form.yaml:1:8: rules is a list of rules",
		"--diff values.yaml":              "values.yaml:2:3: page-name must be url",
		"--diff good.yaml --operations -": "--diff compares operations, so it cannot be used with --operations",
	} {
		out := runProgram(t, nil, append([]string{"preview", "--quiet", "events.jsonl"}, strings.Fields(args)...)...)
		if out.code != 2 || !strings.Contains(out.stderr, want) || out.stdout != "" {
			t.Errorf("%s: exit code %d, %s%s", args, out.code, out.stdout, out.stderr)
		}
	}
	if out := runProgram(t, nil, "preview", "--quiet", "--diff", "good.yaml", "none.jsonl"); out.code != 6 {
		t.Errorf("exit code %d, %s", out.code, out.stderr)
	}
	write(t, "other.jsonl", `{"plan":"free"}`)
	out := runProgram(t, nil, "preview", "--quiet", "--diff", "good.yaml", "events.jsonl", "other.jsonl")
	if out.code != 6 || !strings.Contains(out.stderr, "warning: reading other.jsonl: the first rows have no `event` key") || !strings.Contains(out.stdout, "debug") {
		t.Errorf("what cannot be read: exit code %d, %s%s", out.code, out.stdout, out.stderr)
	}
}
