package cli

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const mappingWithTests = `settings:
  page-name: path
  event-attribute: ['source=posthog']
  recent: hold
  persons: [none.jsonl]
tests:
  - name: a signup has a source
    rows:
      - event: signed_up
        distinct_id: u1
        timestamp: "2026-03-04T09:15:27Z"
        uuid: 0195a1b2-0000-7000-8000-000000000001
        properties: {plan: free, n: 1.50, $set: {email: a@b.example}}
      - {event: future, distinct_id: u1, timestamp: NOW}
    operations:
      - {identifiers: {id: u1}, action: identify, type: person, attributes: {email: a@b.example}}
      - type: person
        action: event
        identifiers: {id: u1}
        name: signed_up
        timestamp: 1772615727
        attributes: {n: 1.5, plan: free, source: posthog}
      - {type: person, action: event, identifiers: {id: u1}, name: future, timestamp: UNIX, attributes: {source: posthog}}
  - name: nothing
    rows:
      - {event: $pageleave, distinct_id: cookieless_a, timestamp: "2026-03-04T09:15:27Z"}
    operations: []
`

// TestMappingTest runs the tests of a file, whose rows may be recent ones.
func TestMappingTest(t *testing.T) {
	t.Chdir(t.TempDir())
	recent := time.Now().UTC().Add(-time.Hour).Truncate(time.Second)
	fill := strings.NewReplacer("NOW", recent.Format(time.RFC3339), "UNIX", strconv.FormatInt(recent.Unix(), 10))
	write(t, "m.yaml", fill.Replace(mappingWithTests))
	out := runProgram(t, nil, "mapping", "test", "--mapping", "m.yaml")
	want := "ok       a signup has a source  m.yaml:7\nok       nothing  m.yaml:24\n\n2 tests are ok\n"
	if out.code != 0 || out.stdout != want || out.stderr != "" {
		t.Errorf("exit code %d, %s%s", out.code, out.stderr, cmp.Diff(want, out.stdout))
	}
	// A flag wins over the settings, and so the first test differs.
	out = runProgram(t, nil, "mapping", "test", "--mapping", "m.yaml", "--event-attribute", "source=x")
	if out.code != 1 || !strings.Contains(out.stdout, "    attributes.source: expected \"posthog\", sent \"x\"\n") || !strings.Contains(out.stdout, "1 of 2 tests differs") {
		t.Errorf("exit code %d, %s", out.code, out.stdout)
	}
}

// TestMappingTestShowsWhatDiffers holds each kind of difference, and that nothing of a row reaches a terminal
// as it is.
func TestMappingTestShowsWhatDiffers(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "m.yaml", `tests:
  - name: "wrong \e[31m"
    rows:
      - {event: signed_up, distinct_id: u1, timestamp: "2026-03-04T09:15:27Z", properties: {plan: free, "x\ny": 1}}
      - {event: signed_up, distinct_id: u1, timestamp: never}
      - {event: $autocapture, distinct_id: u1, timestamp: "2026-03-04T09:15:27Z"}
      - {event: "\e[31m", distinct_id: u1, timestamp: "2026-03-04T09:15:27Z"}
    operations:
      - {type: person, action: event, identifiers: {id: u1}, name: Signed Up, timestamp: 1772615727, attributes: {plan: "free", extra: {a: [1, 2]}}}
      - {type: person, action: merge}
`)
	want := `differs  wrong \u001b[31m  m.yaml:2
  row 2 is rejected: the event's timestamp cannot be read: "never"
  1 row is left out: PostHog noise event
  operation 1 is sent and not expected:
    {"type": "person", "action": "identify", "identifiers": {"id": "u1"}}
  operation 2, event signed_up:
    name: expected "Signed Up", sent "signed_up"
    attributes.extra: expected {"a": [1, 2]}, sent nothing
    attributes."x\ny": expected nothing, sent 1
  expected operation 2 is not sent:
    {"type": "person", "action": "merge"}
  operation 3 is sent and not expected:
    {"type": "person", "action": "event", "identifiers": {"id": "u1"}, "name":
    "\u001b[31m", "id": "01KJV29W008T99K5MGZJEZXZWJ", "timestamp": 1772615727}

1 of 1 test differs
`
	out := runProgram(t, nil, "mapping", "test", "--mapping", "m.yaml")
	if diff := cmp.Diff(want, out.stdout); diff != "" || out.code != 1 || out.stderr != "" {
		t.Errorf("exit code %d, %s; want -, got +:\n%s", out.code, out.stderr, diff)
	}
	out = runProgram(t, nil, "mapping", "test", "--mapping", "m.yaml", "--json")
	var document struct {
		Tests []struct {
			OK          bool
			Differences []struct{ Expected, Sent int }
			Skipped     map[string]int
		}
		Differ int
	}
	if err := json.Unmarshal([]byte(out.stdout), &document); err != nil || out.code != 1 || document.Differ != 1 || len(document.Tests[0].Differences) != 4 ||
		document.Tests[0].Skipped["noise"] != 1 || document.Tests[0].Differences[1].Sent != 2 {
		t.Errorf("%v: %+v", err, document)
	}
}

func TestMappingTestNeedsTests(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "m.yaml", "settings: {page-name: path}")
	write(t, "bad.yaml", `rules: [{events: a, attributes: {b: '{properties.plan * 2}'}}]
tests:
  - name: a
    rows:
      - {event: a, distinct_id: b, timestamp: 2026-03-04}
      - {plan: free}
      - {event: a, distinct_id: b, timestamp: 2026-03-04 09:00, properties: {plan: free}}
    operations: []
`)
	for args, want := range map[string]string{
		"":                   "no mapping file given: name one with --mapping FILE",
		"--mapping m.yaml":   "m.yaml has no tests",
		"--mapping x.yaml":   "x.yaml does not exist",
		"--mapping m.yaml x": "mapping test takes no arguments",
		"m.yaml":             "hint: name the file with --mapping m.yaml",
	} {
		if out := runProgram(t, nil, append([]string{"mapping", "test"}, strings.Fields(args)...)...); out.code != 2 || !strings.Contains(out.stderr, want) || out.stdout != "" {
			t.Errorf("%s: exit code %d, %s%s", args, out.code, out.stdout, out.stderr)
		}
	}
	want := `differs  a  bad.yaml:3
  row 1 is rejected: the event's timestamp cannot be read: "2026-03-04"; write
    2026-03-04T00:00:00Z
  row 2 is rejected: ` + "`event`" + ` is missing or not a string
  row 3 is rejected: bad.yaml:1:39: * takes two numbers, but properties.plan
    is a text and 2 is a number (number(...) makes a number of a text)
`
	if out := runProgram(t, nil, "mapping", "test", "--mapping", "bad.yaml"); out.code != 1 || !strings.HasPrefix(out.stdout, want) {
		t.Errorf("exit code %d, %s%s", out.code, out.stdout, out.stderr)
	}
}

// TestAnOperationWithoutIDMatchesAny holds what of an id is compared.
func TestAnOperationWithoutIDMatchesAny(t *testing.T) {
	const sent = `{"action":"event","id":"01","attributes":{"id":1}}`
	for want, differs := range map[string]int{
		`{"action":"event","attributes":{"id":1}}`: 0, `{"action":"event","id":"01","attributes":{"id":1}}`: 0,
		`{"action":"event","id":"02","attributes":{"id":1}}`: 1, `{"action":"event","attributes":{}}`: 1,
	} {
		if got := operationDifferences(want, sent); len(got) != differs {
			t.Errorf("%s: %v", want, got)
		}
	}
}
