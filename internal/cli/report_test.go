package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"ph2cio/internal/cli/webreport"
	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
)

// readPage reads a page that must be one of ours, and only its owner's.
func readPage(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if !webreport.IsPage(text) || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: %.100q", info.Mode(), text)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("it left %v", left)
	}
	return string(text)
}

func TestAPageIsWrittenForEachKindOfRun(t *testing.T) {
	_, account := startSandbox(t, sandbox.Faults{})
	_, refusing := startSandbox(t, sandbox.Faults{Answers: []sandbox.Answer{{On: "batch", Status: 401}}})
	dir := t.TempDir()
	state, page := filepath.Join(dir, "state"), filepath.Join(dir, "page.html")
	for _, c := range []struct {
		name        string
		environment map[string]string
		args        []string
		code        int
	}{
		{"a plan", nil, []string{"preview", "--report", page, acornly}, exit.Done},
		{"an inspection", nil, []string{"inspect", "--report", page, acornly}, exit.Done},
		{"a dry run", nil, []string{"backfill", "--dry-run", "--report", page, acornly}, exit.Done},
		{"a limit that stops a run", account, []string{"backfill", "--yes", "--max-profiles", "1", "--report", page, "--state", state, acornly}, exit.Usage},
		{"a backfill that is refused", refusing, []string{"backfill", "--yes", "--report", page, "--state", filepath.Join(dir, "refused"), acornly}, exit.Credentials},
		{"a backfill", account, []string{"backfill", "--yes", "--report", page, "--state", state, acornly}, exit.Done},
		{"nothing new", account, []string{"sync", "--report", page, "--state", state, acornly}, exit.Done},
		{"nothing to retry", account, []string{"retry", "--yes", "--report", page, "--state", state}, exit.Done},
		{"quietly", account, []string{"sync", "--quiet", "--json", "--report", page, "--state", state, acornly}, exit.Done},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(page, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			out := runProgram(t, c.environment, c.args...)
			if out.code != c.code {
				t.Fatalf("exit code %d, want %d:\n%s", out.code, c.code, out.stderr)
			}
			readPage(t, page)
		})
	}
}

// TestAPageOfAFailedRunNamesNobody has an answer of Customer.io that names somebody, as the error says it.
func TestAPageOfAFailedRunNamesNobody(t *testing.T) {
	_, refusing := startSandbox(t, sandbox.Faults{Answers: []sandbox.Answer{{On: "batch", Status: 401, Body: sandbox.BodyText, Text: "no access for ada@example.com"}}})
	dir := t.TempDir()
	page := filepath.Join(dir, "page.html")
	out := runProgram(t, refusing, "backfill", "--yes", "--report", page, "--state", filepath.Join(dir, "state"), acornly)
	if out.code != exit.Credentials || !strings.Contains(out.stderr, "ada@example.com") {
		t.Fatalf("exit code %d: %s", out.code, out.stderr)
	}
	if text := readPage(t, page); strings.Contains(text, "ada@example.com") || !strings.Contains(text, "refused with 401") {
		t.Error("the page has what Customer.io answered, or no error")
	}
}

func TestNoPageIsWrittenWhereNoneIsWanted(t *testing.T) {
	dir := t.TempDir()
	page, other := filepath.Join(dir, "page.html"), filepath.Join(dir, "mapping.yaml")
	write(t, other, "# nothing\n")
	for name, c := range map[string]struct {
		says string
		args []string
	}{
		"to standard output": {"--report needs a file, not -", []string{"preview", "--report", "-", acornly}},
		"of a comparison":    {"--diff has no page", []string{"preview", "--diff", other, "--report", page, acornly}},
		"of closing rejects": {"--dismiss has no page", []string{"retry", "--dismiss", "x", "--yes", "--report", page}},
		"no directory":       {"there is no directory", []string{"inspect", "--report", filepath.Join(dir, "none", "x.html"), acornly}},
		"somebody's file":    {"already exists and holds something else", []string{"inspect", "--report", other, acornly}},
	} {
		t.Run(name, func(t *testing.T) {
			if out := runProgram(t, nil, c.args...); out.code != exit.Usage || !strings.Contains(out.stderr, c.says) {
				t.Errorf("exit code %d, and it is not said that %s:\n%s", out.code, c.says, out.stderr)
			}
		})
	}
	// A setting for all commands keeps none of them from running.
	settings := map[string]string{"PH2CIO_REPORT": page}
	if out := runProgram(t, settings, "preview", "--diff", other, acornly); out.code != exit.Done {
		t.Errorf("exit code %d:\n%s", out.code, out.stderr)
	}
	if _, err := os.Stat(page); err == nil {
		t.Error("a comparison has written a page")
	}
}

// TestDetailsAreOnlyWithAReport holds that a document has details only if there is a page too.
func TestDetailsAreOnlyWithAReport(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.html")
	for _, command := range []string{"preview", "inspect"} {
		for _, args := range [][]string{{command, "--json", acornly}, {command, "--json", "--report", page, acornly}} {
			out := runProgram(t, nil, args...)
			var document map[string]json.RawMessage
			if err := json.Unmarshal([]byte(out.stdout), &document); err != nil {
				t.Fatal(err)
			}
			if has, want := document["details"] != nil, len(args) > 3; has != want {
				t.Errorf("%v: details %v, want %v", args, has, want)
			}
		}
	}
}
