package cli

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
)

var logLinePattern = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (INFO|WARN|ERROR) (\S.*)\n$`)

// readLog returns the lines of a log file, each as its level and its text.
func readLog(t *testing.T, path string) (lines []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		parts := logLinePattern.FindStringSubmatch(line)
		if parts == nil {
			t.Errorf("not a line of a log: %q", line)
			continue
		}
		lines = append(lines, parts[1]+" "+someSeconds.ReplaceAllString(parts[2], " in 0s:"))
	}
	return lines
}

func hasLine(lines []string, begins string) bool {
	return slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, begins) })
}

// TestALogFileHasEverything holds what a file gets of a run that is quiet, and that the next one appends to it.
func TestALogFileHasEverything(t *testing.T) {
	_, account := startSandbox(t, sandbox.Faults{Refuse: []sandbox.Refusal{{Match: "Order Completed", Always: true, Reason: "nope"}}})
	dir := t.TempDir()
	file := filepath.Join(dir, "run.log")
	account["PH2CIO_LOG_FILE"], account["PH2CIO_RAET"] = file, "5"
	out := runProgram(t, account, "backfill", "--yes", "--quiet", "--state", filepath.Join(dir, "state"), acornly)
	if out.code != exit.Rejects || strings.Contains(out.stderr, "reading") {
		t.Fatalf("exit code %d\n%s", out.code, out.stderr)
	}
	lines := readLog(t, file)
	for _, begins := range []string{
		"WARN PH2CIO_RAET in the environment is not a setting; did you mean PH2CIO_RATE?",
		"INFO reading (", "INFO reading: finished in ", "INFO profiles: identified (yours): up to 3 new", "INFO To send: 3 people, 5 events, ",
		"INFO sending people (3 operations)", "INFO sending events: finished in ",
	} {
		if !hasLine(lines, begins) {
			t.Errorf("no line %q in\n%s", begins, strings.Join(lines, "\n"))
		}
	}
	first, last := lines[0], lines[len(lines)-1]
	if !strings.HasPrefix(first, "INFO ph2cio "+version("0123456").Version+" (") || !strings.Contains(first, ": ph2cio backfill --yes --quiet --state ") ||
		!strings.HasSuffix(first, "; settings: PH2CIO_LOG_FILE in the environment") {
		t.Errorf("it begins with %q", first)
	}
	if !strings.HasPrefix(last, "ERROR backfill: ended with exit code 3 in 0s: 15 rows read, 4 sent,") {
		t.Errorf("it ends with %q", last)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode() != fs.FileMode(0o600) {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	out = runProgram(t, account, "inspect", acornly)
	more := readLog(t, file)
	if out.code != exit.Done || !slices.Equal(more[:len(lines)], lines) {
		t.Errorf("exit code %d, and it has not appended:\n%s", out.code, strings.Join(more, "\n"))
	}
	if last := more[len(more)-1]; !strings.HasPrefix(last, "INFO inspect: done in ") {
		t.Errorf("it ends with %q", last)
	}
}

// TestALogFileOfRecords holds that the file is JSON if stderr would be, and has the same records.
func TestALogFileOfRecords(t *testing.T) {
	_, account := startSandbox(t, sandbox.Faults{})
	file := filepath.Join(t.TempDir(), "run.log")
	out := runProgram(t, account, "backfill", "--yes", "--log-format", "json", "--log-file", file, acornly)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	said, kept := parseRecords(t, out.stderr), parseRecords(t, string(text))
	for _, one := range said {
		if !slices.ContainsFunc(kept, func(r record) bool { return r.Msg == one.Msg && r.Level == one.Level && r.State == one.State }) {
			t.Errorf("the file has no record %q", one.Msg)
		}
	}
	last := kept[len(kept)-1]
	if kept[0].Msg != "began" || len(kept) != len(said)+1 || last.Rows["read"] != 15 || *last.ExitCode != exit.Done || last.Command != "backfill" {
		t.Errorf("%d records on stderr, and in the file:\n%s", len(said), text)
	}
	var began struct{ Typed, Version string }
	if err := json.Unmarshal(text[:strings.IndexByte(string(text), '\n')], &began); err != nil || began.Version == "" ||
		!strings.HasPrefix(began.Typed, "ph2cio backfill --yes --log-format json --log-file ") {
		t.Errorf("it begins with %s", text)
	}
}

// TestATerminalStaysBesideALogFile holds that a run with a log file asks on a terminal, and says what it asked.
func TestATerminalStaysBesideALogFile(t *testing.T) {
	_, account := startSandbox(t, sandbox.Faults{})
	dir := t.TempDir()
	for format, asked := range map[string]string{"text": "INFO Send to workspace 1 (us) at http://127", "json": `"msg":"Send to workspace 1 (us) at http://127`} {
		file := filepath.Join(dir, format)
		out := runProgramWith(t, func(env *Env) {
			env.StdinTerminal, env.StderrTerminal, env.Width = true, true, 40
			env.Stdin = strings.NewReader("n\n")
		}, account, "backfill", "--log-format", format, "--log-file", file, acornly)
		text, err := os.ReadFile(file)
		if err != nil || out.code != exit.Done || !strings.Contains(out.stderr, "[y/N] Nothing was sent.") || strings.Contains(out.stderr, `"msg"`) {
			t.Errorf("%s: %v, exit code %d\n%s", format, err, out.code, out.stderr)
		}
		if !strings.Contains(string(text), asked) || strings.Contains(string(text), "\x1b") || strings.Contains(string(text), "\r") {
			t.Errorf("%s: the file holds\n%s", format, text)
		}
	}
}

// TestMistakesAreInTheLogFile holds that a run that did not begin is in the log, and no secret in a wrong place.
func TestMistakesAreInTheLogFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.log")
	runProgram(t, nil, "backfill", "--yes", "--rate", "0", "--log-file", file, "--sandbox", acornly, "mistyped-key-71c0")
	lines := readLog(t, file)
	if !hasLine(lines, "INFO ph2cio ") || !hasLine(lines, "ERROR --rate must be") || !hasLine(lines, "ERROR hint: ") ||
		!hasLine(lines, "ERROR backfill: ended with exit code 2 in 0s: nothing was sent") || strings.Contains(lines[0], "71c0") {
		t.Errorf("the file holds\n%s", strings.Join(lines, "\n"))
	}
}

// TestTheTypedCommandHasNoSecrets holds what the first line of a log leaves out.
func TestTheTypedCommandHasNoSecrets(t *testing.T) {
	p := newProgram(Env{}, []string{
		"sync", "--ping-url", "https://hc-ping.com/SECRET1", "--ping-url=x?SECRET2", "--s3-endpoint", "https://me:SECRET3@host/", "az://a/c/x.jsonl?sv=1&sig=SECRET4", "s3://b/y?.jsonl",
	})
	if typed := p.typedCommand(); typed != "ph2cio sync --s3-endpoint https://...@host/ 'az://a/c/x.jsonl?...' 's3://b/y?.jsonl'" {
		t.Error(typed)
	}
}

// TestLogFilesThatAreRefused holds that nothing else is extended.
func TestLogFilesThatAreRefused(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "notes.txt", "mine\n")
	if err := os.Mkdir("export", 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, "export/a.jsonl", `{"event":"x","distinct_id":"user_1","timestamp":"2026-03-04T10:02:11Z","properties":{}}`+"\n")
	for path, says := range map[string]string{
		"notes.txt": "already exists and holds something else", "export/run.log": "would be read as a source", "no/run.log": "there is no directory no",
		os.DevNull: "not a regular file", "export/": "names a directory", ".env": "is the settings file .env", "m.prom": "--log-file: m.prom is the file of --metrics-file", "-": "--log-file: - is not a file",
	} {
		out := runProgram(t, nil, "backfill", "--sandbox", "--metrics-file", "m.prom", "--log-file", path, "export")
		if out.code != exit.Usage || !strings.Contains(out.stderr, says) {
			t.Errorf("%s: exit code %d\n%s", path, out.code, out.stderr)
		}
	}
	if text, _ := os.ReadFile("notes.txt"); string(text) != "mine\n" {
		t.Errorf("%q", text)
	}
	file, err := os.Create("both.log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := runProgramWith(t, func(env *Env) { env.Stderr = file }, nil, "preview", "--log-file", "both.log", "export")
	if text, _ := os.ReadFile("both.log"); out.code != exit.Usage || !strings.Contains(string(text), "is where standard error is redirected already") {
		t.Errorf("exit code %d\n%s", out.code, text)
	}
}

// TestALogFileMayBeRotated holds that a file that is moved away or emptied is no error, and that a torn line at
// its end is left alone.
func TestALogFileMayBeRotated(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "run.log")
	torn := "2026-12-01T02:30:00Z INFO read"
	write(t, path, torn)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := &appended{file: file, torn: !endsLine(file)}
	handler := &textHandler{to: out}
	log := newJSONLog(handler, "x")
	log.Info("one\ntwo")
	if runtime.GOOS != "windows" {
		if err := os.Rename(path, path+".1"); err != nil {
			t.Fatal(err)
		}
		path += ".1"
	}
	log.Info("three \x1b[31m")
	text, _ := os.ReadFile(path)
	stamp := regexp.MustCompile(`(?m)^20\S+Z INFO `)
	if got := stamp.ReplaceAllString(strings.TrimPrefix(string(text), torn+"\n"), ""); got != "one\ntwo\nthree \\u001b[31m\n" {
		t.Errorf("%q", text)
	}
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	log.Info("four")
	if text, _ := os.ReadFile(path); !strings.HasSuffix(string(text), "Z INFO four\n") || len(text) > 60 {
		t.Errorf("%q", text)
	}
	if err := out.close(); err != nil {
		t.Error(err)
	}
}

// TestALogFileThatIsFullIsAWarning holds that a run goes on, warns once, and keeps its exit code.
func TestALogFileThatIsFullIsAWarning(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.log")
	write(t, path, "")
	file, err := os.Open(path) // to which nothing can be written
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	p := newTestProgram(&said)
	p.file = &logFile{command: "x", started: time.Now(), out: &appended{file: file}}
	p.file.jsonLog = newJSONLog(&textHandler{to: p.file.out}, "x")
	p.connectStderr()
	for range 3 {
		p.warn("something")
	}
	p.endLogFile(exit.Done)
	if strings.Count(said.String(), "warning: something\n") != 3 || strings.Count(said.String(), "warning: --log-file: write ") != 1 {
		t.Errorf("%q", said.String())
	}
}
