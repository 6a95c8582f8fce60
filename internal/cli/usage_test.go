package cli

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/exit"
	"ph2cio/internal/people"
)

func TestVersionFlag(t *testing.T) {
	flag, command := runProgram(t, nil, "--version"), runProgram(t, nil, "version")
	if flag.code != 0 || flag.stdout != command.stdout || flag.stdout == "" {
		t.Errorf("--version: %d %q, version: %q", flag.code, flag.stdout, command.stdout)
	}
	var v versionInfo
	if out := runProgram(t, nil, "--version", "--json"); json.Unmarshal([]byte(out.stdout), &v) != nil || v.EventIDScheme != 2 {
		t.Errorf("--version --json: %q", out.stdout)
	}
	if slices.Contains(allVariables(newRoot(newProgram(Env{}, nil))), "PH2CIO_VERSION") {
		t.Error("--version is a setting")
	}
	if out := runProgram(t, map[string]string{"PH2CIO_VERSION": "true"}, "--help"); strings.HasPrefix(out.stdout, "ph2cio devel") {
		t.Error("PH2CIO_VERSION prints the version")
	}
}

// TestWhatIsNotThereIsAnError asks for help and completion that do not exist.
func TestWhatIsNotThereIsAnError(t *testing.T) {
	for _, c := range []struct {
		args string
		says []string
	}{
		{"help frob", []string{`no help about "frob"`, "backfill", "preview", "exit-codes"}},
		{"help preview frob", []string{`no help about "preview frob"`, "backfill"}},
		{"completion foo", []string{`no completion for "foo"`, "bash, zsh, fish, powershell"}},
	} {
		out := runProgram(t, nil, strings.Fields(c.args)...)
		if out.code != exit.Usage || out.stdout != "" {
			t.Errorf("%s: exit code %d, stdout %q", c.args, out.code, out.stdout)
		}
		for _, says := range c.says {
			if !strings.Contains(out.stderr, says) {
				t.Errorf("%s does not say %q:\n%s", c.args, says, out.stderr)
			}
		}
	}
	for _, args := range []string{"help", "help preview", "help mapping", "help help", "completion", "help completion", "help completion bash"} {
		if out := runProgram(t, nil, strings.Fields(args)...); out.code != 0 || len(out.stdout) < 100 || out.stderr != "" {
			t.Errorf("%s: exit code %d\n%s%s", args, out.code, out.stdout, out.stderr)
		}
	}
}

// TestQuotesInLists holds that a list with a quote in it is refused with words of ours, and that what they
// say works.
func TestQuotesInLists(t *testing.T) {
	const sample = "../../testdata/exports/acornly_events.jsonl"
	for _, name := range []string{"--events", "--skip-events", "--drop-property"} {
		out := runProgram(t, nil, "preview", name, `Order "x"`, sample)
		if out.code != exit.Usage || strings.Contains(out.stderr, "parse error") || !strings.Contains(out.stderr, `'"Order ""x"""'`) {
			t.Errorf("%s: exit code %d\n%s", name, out.code, out.stderr)
		}
	}
	out := runProgram(t, nil, "preview", "--json", "--quiet", "--events", `"Order ""x""",Order Completed`, sample)
	if out.code != exit.Done || !strings.Contains(out.stdout, `"event": 1`) {
		t.Errorf("exit code %d\n%s%s", out.code, out.stdout, out.stderr)
	}
}

func TestIdentifyByIsTrimmedOnce(t *testing.T) {
	o := &mappingOptions{
		recent: "send", identity: identityOptions{
			people: "identified", merge: "never", identity: "on", identifyBy: []string{" email"},
			identifierValue: "{person.properties.mail}",
		},
	}
	rules, _, err := o.rules(time.Now())
	if err != nil || rules == nil {
		t.Errorf("refused: %v", err)
	}
}

// TestMergeIdentifyNeedsDistinctIDs holds that profiles are merged by $identify only where distinct IDs name
// them, as PostHog's documentation of its destination asks for too.
func TestMergeIdentifyNeedsDistinctIDs(t *testing.T) {
	for _, test := range []struct {
		by            []string
		value, refuse string
	}{
		{[]string{"id"}, "", ""},
		{[]string{"id"}, "{event.distinct_id}", ""},
		{[]string{"id"}, "crm-{event.distinct_id}", "--identifier-value is left out or {event.distinct_id}"},
		{[]string{"id"}, "{event.raw_distinct_id}", "--identifier-value is left out or {event.distinct_id}"},
		{[]string{"email"}, "{event.distinct_id}", "--identify-by is just id"},
		{[]string{"email", "id"}, "", "--identify-by is just id"},
	} {
		o := &identityOptions{people: "identified", merge: "identify", identity: "on", identifyBy: test.by, identifierValue: test.value}
		choice, err := o.choice(false)
		if test.refuse == "" {
			if err != nil || choice.Merges != people.MergeIdentify || o.identifierTemplate() != "" {
				t.Errorf("%q %q: %+v, %v", test.by, test.value, choice, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), `--merge "identify" works only if `+test.refuse) {
			t.Errorf("%q %q: %v", test.by, test.value, err)
		}
	}
	o := &identityOptions{identifyBy: []string{"email"}, identifierValue: "{event.distinct_id}"}
	if o.identifierTemplate() != o.identifierValue {
		t.Error("the kept ID as email is a template of one's own")
	}
}
