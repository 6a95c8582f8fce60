package cli

import (
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ph2cio/internal/exit"
	"ph2cio/internal/sandbox"
)

// TestJSONIsAlwaysOneDocument lets commands fail at every stage: under --json stdout is one document that
// says why.
func TestJSONIsAlwaysOneDocument(t *testing.T) {
	box, err := sandbox.New(sandbox.Options{Faults: sandbox.Faults{Answers: []sandbox.Answer{{After: 1, Status: 401}}}}).Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	account := map[string]string{"CUSTOMERIO_SITE_ID": "a", "CUSTOMERIO_API_KEY": "b", "CUSTOMERIO_TRACK_URL": box.URL()}
	const sample = "../../testdata/exports/acornly_events.jsonl"
	notes := filepath.Join(t.TempDir(), "notes.txt")
	write(t, notes, "Dear diary\n")
	for _, c := range []struct {
		name        string
		environment map[string]string
		args        []string
		code        int
		says        string // by the error; empty when there is none
	}{
		{"a flag that is none, before --json", nil, []string{"preview", "--frob", "--json", sample}, exit.Usage, "unknown flag: --frob"},
		{"a flag that is none, after --json", nil, []string{"preview", "--json", "--frob", sample}, exit.Usage, "unknown flag: --frob"},
		{"a command that is none", nil, []string{"--json", "frob"}, exit.Usage, "unknown command"},
		{"no source", nil, []string{"preview", "--json"}, exit.Usage, "no SOURCE given"},
		{"no source, by the environment", map[string]string{"PH2CIO_JSON": "1"}, []string{"preview"}, exit.Usage, "no SOURCE given"},
		{"settings that are missing", nil, []string{"preview", "--json", "--env-file", "no/such", sample}, exit.Usage, "no/such"},
		{"a value that is none", nil, []string{"preview", "--json", "--people", "x", sample}, exit.Usage, "--people must be"},
		{"a file that is not there", nil, []string{"preview", "--json", "no-such.jsonl"}, exit.Input, "no-such.jsonl"},
		{"no credentials", nil, []string{"backfill", "--yes", "--json", sample}, exit.Credentials, "CUSTOMERIO_SITE_ID is not set"},
		{"the state directory", account, []string{"backfill", "--yes", "--json", "--state", notes, sample}, exit.State, "notes.txt"},
		{"credentials refused in the middle", account, []string{"backfill", "--yes", "--json", sample}, exit.Credentials, "401"},
		{"a file that is no export", nil, []string{"preview", "--json", notes}, exit.Input, ""},
		{"done", nil, []string{"preview", "--json", sample}, exit.Done, ""},
		{"version", nil, []string{"version", "--json"}, exit.Done, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := runProgram(t, c.environment, c.args...)
			document := oneDocument(t, out.stdout)
			if out.code != c.code {
				t.Errorf("exit code %d, want %d\n%s", out.code, c.code, out.stderr)
			}
			switch {
			case c.says == "" && document.Error != nil:
				t.Errorf("error %+v, want none", document.Error)
			case c.says == "":
			case document.Error == nil || document.Error.Code != c.code || !strings.Contains(document.Error.Message, c.says):
				t.Errorf("error %+v, want %d %q", document.Error, c.code, c.says)
			case !strings.Contains(out.stderr, c.says):
				t.Errorf("stderr does not say it:\n%s", out.stderr)
			}
			if _, told := document.rest["rows"]; strings.HasSuffix(c.name, "in the middle") && !told {
				t.Error("the totals are missing")
			}
		})
	}
}

// TestJSONStaysOffAStdoutOfOperations holds that the document goes where the totals would have gone.
func TestJSONStaysOffAStdoutOfOperations(t *testing.T) {
	out := runProgram(t, nil, "preview", "--json", "--quiet", "--operations", "-", "no-such.jsonl")
	if out.stdout != "" || !strings.Contains(out.stderr, `"error": {`) {
		t.Errorf("stdout %q, stderr %q", out.stdout, out.stderr)
	}
}

func TestJSONOfAnInterruption(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(&Interrupted{Signal: syscall.SIGTERM})
	var stdout strings.Builder
	env := Env{
		Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: io.Discard,
		Getenv: func(string) (string, bool) { return "", false }, Environ: func() []string { return nil },
	}
	code := Main(ctx, env, []string{"preview", "--json", "../../testdata/exports/acornly_events.jsonl"})
	document := oneDocument(t, stdout.String())
	if code != exit.Terminated || document.Error == nil || document.Error.Code != code {
		t.Errorf("exit code %d, error %+v", code, document.Error)
	}
}

type document struct {
	Error *failure
	rest  map[string]json.RawMessage
}

// oneDocument reads text that must be one JSON object and nothing else.
func oneDocument(t *testing.T, text string) (d document) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(&d.rest); err != nil {
		t.Fatalf("stdout is not JSON: %v\n%s", err, text)
	}
	if _, err := decoder.Token(); err != io.EOF {
		t.Fatalf("more than one document:\n%s", text)
	}
	if raw, failed := d.rest["error"]; failed {
		if err := json.Unmarshal(raw, &d.Error); err != nil {
			t.Fatal(err)
		}
	}
	return d
}
