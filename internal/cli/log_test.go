package cli

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/exit"
	"ph2cio/internal/progress"
	"ph2cio/internal/sandbox"
)

// record is a line of a JSON log.
type record struct {
	Time     time.Time
	Level    string
	Msg      string
	Command  string
	ExitCode *int `json:"exit_code"`
	Hint     string
	State    string
	Done     int64
	Seconds  float64
	Requests int64
	Rejects  string
	Next     string
	Rows     map[string]int64
	Reasons  map[string]int64
	Trouble  []string
	People   map[string]int64
}

// parseRecords reads a JSON log: every line of it must be a whole record.
func parseRecords(t *testing.T, text string) (all []record) {
	t.Helper()
	for line := range strings.Lines(text) {
		var r record
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.Time.IsZero() || r.Level == "" || r.Msg == "" || !strings.HasSuffix(line, "\n") {
			t.Errorf("not a record (%v): %q", err, line)
		}
		all = append(all, r)
	}
	return all
}

func findRecord(all []record, level, says string) *record {
	for i := range all {
		if all[i].Level == level && strings.Contains(all[i].Msg, says) {
			return &all[i]
		}
	}
	return nil
}

func TestALogOfJSONIsNothingElse(t *testing.T) {
	_, account := startSandbox(t, sandbox.Faults{})
	_, refusing := startSandbox(t, sandbox.Faults{Answers: []sandbox.Answer{{On: "batch", Status: 401}}})
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.jsonl")
	write(t, broken, "{\"event\"\n"+`{"event":"x","distinct_id":"user_1","timestamp":"2026-03-04T10:02:11Z","properties":{}}`+"\n")
	dotenv := filepath.Join(dir, "open.env")
	write(t, dotenv, "PH2CIO_LOG_FORMAT=json\nPH2CIO_EVNETS=x\n")
	if err := os.Chmod(dotenv, 0o644); err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(dir, "state")
	for _, c := range []struct {
		name        string
		environment map[string]string
		args        []string
		code        int
		level, says string // of one of the records
	}{
		{"a backfill", account, []string{"backfill", "--yes", "--log-format", "json", "--state", state, acornly}, exit.Done, "INFO", "ended: exit code 0"},
		{"done before", account, []string{"backfill", "--yes", "--log-format=json", "--state", state, acornly}, exit.Done, "INFO", "ended: exit code 0"},
		{"a forecast", account, []string{"backfill", "--yes", "--log-format=json", acornly}, exit.Done, "INFO", "profiles: identified (yours): up to 3 new"},
		{"an unknown flag, the form in .env", account, []string{"inspect", "--env-file", dotenv, "--nosuch"}, exit.Usage, "ERROR", "unknown flag"},
		{"the last of two", account, []string{"backfill", "--yes", "--log-format=text", "--log-format", "json", "--nosuch"}, exit.Usage, "ERROR", "unknown flag"},
		{"operations on stdout", account, []string{"preview", "--log-format=json", "--json", "--operations", "-", acornly}, exit.Done, "INFO", "result"},
		{"rejects", account, []string{"backfill", "--yes", "--log-format=json", broken}, exit.Rejects, "ERROR", "ended: exit code 3"},
		{"refused", refusing, []string{"backfill", "--yes", "--log-format=json", "-v", acornly}, exit.Credentials, "ERROR", "refused with 401"},
		{"no credentials", nil, []string{"backfill", "--yes", "--log-format=json", acornly}, exit.Credentials, "ERROR", "CUSTOMERIO_SITE_ID is not set"},
		{"by the environment", map[string]string{"PH2CIO_LOG_FORMAT": "json"}, []string{"backfill", "--yes", acornly}, exit.Credentials, "ERROR", "CUSTOMERIO_SITE_ID"},
		{"by a file of settings", nil, []string{"preview", "--env-file", dotenv, acornly}, exit.Done, "WARN", "is not a setting; did you mean PH2CIO_EVENTS?"},
		{"a file that others can read", nil, []string{"preview", "--env-file", dotenv, acornly}, exit.Done, "WARN", "other users of this machine can read"},
		{"a flag that is none", nil, []string{"preview", "--frob", "--log-format", "json", acornly}, exit.Usage, "ERROR", "unknown flag: --frob"},
		{"a flag that is none, by the environment", map[string]string{"PH2CIO_LOG_FORMAT": "json"}, []string{"preview", "--frob"}, exit.Usage, "ERROR", "unknown flag"},
		{"a setting that is none", map[string]string{"PH2CIO_RATE": "fast"}, []string{"backfill", "--yes", "--log-format=json", acornly}, exit.Usage, "ERROR", "PH2CIO_RATE"},
		{"operations to stdout", nil, []string{"preview", "--log-format=json", "--operations", "-", acornly}, exit.Done, "INFO", "15 rows: 4 – 9 Mar 2026, 1 file"},
		{"no file", nil, []string{"preview", "--log-format=json", "no-such.jsonl"}, exit.Input, "ERROR", "no-such.jsonl"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := runProgram(t, c.environment, c.args...)
			all := parseRecords(t, out.stderr)
			if out.code != c.code || findRecord(all, c.level, c.says) == nil {
				t.Errorf("exit code %d, want %d, and no %s %q:\n%s", out.code, c.code, c.level, c.says, out.stderr)
			}
		})
	}
}

func TestALogOfJSONHasProgressAndTheWholeInItsLastRecord(t *testing.T) {
	_, account := startSandbox(t, sandbox.Faults{Refuse: []sandbox.Refusal{{Match: "Order Completed", Always: true, Reason: "nope"}}})
	state := filepath.Join(t.TempDir(), "state")
	out := runProgram(t, account, "backfill", "--yes", "--log-format", "json", "--state", state, acornly)
	all := parseRecords(t, out.stderr)
	for _, phase := range []string{"reading", "sending people", "sending events"} {
		if !slices.ContainsFunc(all, func(r record) bool { return r.Msg == phase && r.State == "began" && r.Command == "backfill" }) {
			t.Errorf("no record of the phase %s:\n%s", phase, out.stderr)
		}
	}
	last := all[len(all)-1]
	if last.Level != "ERROR" || *last.ExitCode != exit.Rejects || last.Rows["read"] != 15 || last.Rows["sent"] != 4 || last.Rows["rejected"] != 1 ||
		last.People["sent"] != 3 || last.Requests == 0 || last.Rejects != filepath.Join(state, "rejects.jsonl") {
		t.Errorf("%+v", last)
	}
	if last.Trouble != nil || last.Reasons["api:nope"] != 1 {
		t.Errorf("trouble %q, reasons %v", last.Trouble, last.Reasons)
	}
	damaged := filepath.Join(t.TempDir(), "damaged.jsonl.gz")
	write(t, damaged, "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03cut")
	all = parseRecords(t, runProgram(t, account, "backfill", "--yes", "--log-format", "json", damaged, acornly).stderr)
	if last := all[len(all)-1]; *last.ExitCode != exit.Input || len(last.Trouble) != 1 || !strings.HasPrefix(last.Trouble[0], damaged+": ") {
		t.Errorf("%+v", last)
	}
	if out.stdout != "" {
		t.Errorf("what goes where a log of JSON goes is not JSON: %q", out.stdout)
	}
	failed := findRecord(parseRecords(t, runProgram(t, nil, "backfill", "--yes", "--log-format=json", "--rate", "0", "--sandbox", acornly).stderr), "ERROR", "--rate must be")
	if failed == nil || *failed.ExitCode != exit.Usage || failed.Hint == "" {
		t.Errorf("%+v", failed)
	}
	both := runProgram(t, nil, "preview", "--json", "--log-format=json", "--operations", "-", acornly)
	lines := strings.Split(strings.TrimSpace(both.stderr), "\n")
	parseRecords(t, both.stderr)
	var result struct {
		Document struct{ Rows struct{ Read int } }
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &result); err != nil || result.Document.Rows.Read != 15 {
		t.Errorf("the document is not in the last record: %v\n%s", err, both.stderr)
	}
}

func TestALogHasNoThirdForm(t *testing.T) {
	out := runProgram(t, nil, "preview", "--log-format", "xml", acornly)
	if out.code != exit.Usage || !strings.Contains(out.stderr, `--log-format must be text or json, not "xml"`) {
		t.Errorf("exit code %d\n%s", out.code, out.stderr)
	}
}

var someSeconds = regexp.MustCompile(`( in| after) \d+\.\ds:`)

// Quiet is quiet unless something happened: then all of it is one line on stderr, after the error.
func TestQuietUnlessSomethingHappened(t *testing.T) {
	_, account := startSandbox(t, sandbox.Faults{})
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.jsonl")
	write(t, broken, "{\"event\"\n"+`{"event":"x","distinct_id":"user_1","timestamp":"2026-03-04T10:02:11Z","properties":{}}`+"\n")
	state, other := filepath.Join(dir, "state"), filepath.Join(dir, "other")
	for _, c := range []struct {
		name string
		args []string
		code int
		says []string // lines of stderr, each of which begins so when its seconds are left out
	}{
		{"done", []string{"--state", state, acornly}, exit.Done, nil},
		{"done before", []string{"--state", state, acornly}, exit.Done, nil},
		{"done, as JSON", []string{"--log-format=json", acornly}, exit.Done, nil},
		{"a warning", []string{"--state", state, "--events", "Other", acornly}, exit.Done, []string{"warning: the last backfill, finished at "}},
		{"rejects", []string{"--state", other, broken}, exit.Rejects, []string{
			"backfill: ended with exit code 3 after 0s: 2 rows read, 1 sent, 1 rejected (not valid JSON); 1 person sent; 2 requests, "}},
		{"rejects, in a document", []string{"--json", "--state", other, "--restart", broken}, exit.Rejects, nil},
		{"a failure", []string{"no-such.jsonl"}, exit.Input, []string{"error: ", "backfill: ended with exit code 6 after 0s: nothing was sent"}},
	} {
		out := runProgram(t, account, append([]string{"backfill", "--yes", "--quiet"}, c.args...)...)
		lines := strings.Split(strings.TrimSuffix(someSeconds.ReplaceAllString(out.stderr, "$1 0s:"), "\n"), "\n")
		if out.stderr == "" {
			lines = nil
		}
		if out.code != c.code || (out.stdout != "") != slices.Contains(c.args, "--json") || len(lines) != len(c.says) {
			t.Errorf("%s: exit code %d, want %d\n%s%s", c.name, out.code, c.code, out.stdout, out.stderr)
			continue
		}
		for i, says := range c.says {
			if !strings.HasPrefix(lines[i], says) {
				t.Errorf("%s: %q, want %q", c.name, lines[i], says)
			}
		}
	}
	out := runProgram(t, account, "backfill", "--yes", "--quiet", "--json", acornly)
	if oneDocument(t, out.stdout); out.stderr != "" {
		t.Errorf("as JSON: %q", out.stderr)
	}
	out = runProgram(t, account, "backfill", "--yes", acornly)
	if !strings.Contains(someSeconds.ReplaceAllString(out.stderr, "$1 0s:"), "\nbackfill: done in 0s: 15 rows read, 5 sent, 5 for the profile only, 4 left out, 1 duplicate; 3 people sent; 2 requests, ") ||
		strings.Count(out.stderr, "backfill: done") != 1 {
		t.Errorf("a log without one line for the whole:\n%s", out.stderr)
	}
}

// On a terminal the summary is just above, and a line would only repeat it.
func TestATerminalGetsNoLine(t *testing.T) {
	var said strings.Builder
	p := &program{env: Env{Stderr: &said, StderrTerminal: true}}
	(&notifier{p: p, command: "backfill"}).writeLine(exit.Done, time.Second)
	if said.Len() > 0 {
		t.Errorf("%q", said.String())
	}
}

// TestADumbTerminalGetsLines has a terminal that cannot go back to the beginning of a line.
func TestADumbTerminalGetsLines(t *testing.T) {
	for term, want := range map[string]bool{"dumb": false, "xterm": true} {
		var said strings.Builder
		p := &program{screen: &said, env: Env{Stderr: &said, StderrTerminal: true, Getenv: func(string) (string, bool) { return term, true }}}
		bar := p.newProgress()
		bar.Phase("reading", 10, progress.Bytes)
		bar.Done()
		if redraws := strings.Contains(said.String(), "\r"); redraws != want {
			t.Errorf("TERM=%s: %q", term, said.String())
		}
	}
}

// TestErrorsOfATerminalStandBesideTheirLabel has an error of two lines, and a warning that fills its first line.
func TestErrorsOfATerminalStandBesideTheirLabel(t *testing.T) {
	var said strings.Builder
	p := newProgram(Env{Stderr: &said, StderrTerminal: true, Width: 40, Getenv: func(string) (string, bool) { return "", false }}, nil)
	p.printError(errors.New("a is not set\nb is not set"))
	p.warnText("a warning of forty columns and 1, that is wrapped")
	want := "error: a is not set\n       b is not set\nwarning: a warning of forty columns and\n         1, that is wrapped\n"
	if got := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(said.String(), ""); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestLinesBecomeRecords(t *testing.T) {
	var said strings.Builder
	p := &program{screen: &said, env: Env{Stderr: &said, StderrTerminal: true}}
	if err := p.openLog(logJSON, "x", false); err != nil {
		t.Fatal(err)
	}
	if p.env.StderrTerminal {
		t.Error("a log of JSON is taken for a terminal")
	}
	for _, part := range []string{"one", " and\ttwo   three\n\nfo", "ur\n", "\n  ", "five"} {
		if n, err := p.env.Stderr.Write([]byte(part)); n != len(part) || err != nil {
			t.Error(n, err)
		}
	}
	p.log.close()
	var got []string
	for _, r := range parseRecords(t, said.String()) {
		got = append(got, r.Msg)
	}
	if text := strings.Join(got, "|"); text != "one and two three|four|five" {
		t.Errorf("%q", text)
	}
}
