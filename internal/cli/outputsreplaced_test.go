package cli

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/exit"
)

// newTestProgram is a program that was started with nothing.
func newTestProgram(stderr io.Writer) *program {
	return &program{screen: stderr, env: Env{Stderr: stderr, Getenv: func(string) (string, bool) { return "", false }}}
}

// What came into the place of the file of metrics during the run stays there: a file of somebody's, a source,
// a link.
func TestMetricsAreCheckedAgainBeforeTheyAreWritten(t *testing.T) {
	const ours = "# HELP ph2cio_last_run_info What ran last.\n"
	for name, swap := range map[string]func(t *testing.T, path, source string){
		"another file":     func(t *testing.T, path, _ string) { write(t, path, "mine\n") },
		"a source":         func(t *testing.T, path, source string) { replaceBy(t, os.Link, source, path) },
		"a link to ours":   func(t *testing.T, path, source string) { replaceBy(t, os.Symlink, source, path) },
		"a link to nobody": func(t *testing.T, path, source string) { replaceBy(t, os.Symlink, source+".none", path) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path, source := filepath.Join(dir, "x.prom"), filepath.Join(dir, "source.jsonl")
			write(t, path, ours)
			write(t, source, ours) // so that only what it is keeps it
			var said strings.Builder
			p := newTestProgram(&said)
			p.protected.add(source, "the source "+source)
			w := &notifier{p: p, command: "sync", began: time.Now()}
			if err := w.setMetricsFile(path); err != nil {
				t.Fatal(err)
			}
			swap(t, path, source)
			before, err := os.Lstat(path)
			if err != nil {
				t.Fatal(err)
			}
			w.end(t.Context(), exit.Done)
			after, err := os.Lstat(path)
			if err != nil || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
				t.Errorf("it was replaced (%v)", err)
			}
			if !strings.Contains(said.String(), "warning: --metrics-file") {
				t.Errorf("nothing is said of it: %q", said.String())
			}
			if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
				t.Errorf("it left %v", left)
			}
		})
	}
}

// replaceBy puts a link in the place of a file.
func replaceBy(t *testing.T, link func(old, new string) error, old, name string) {
	t.Helper()
	err := os.Remove(name)
	if err == nil {
		err = link(old, name)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// An output is emptied only after it was looked at once more, and what is written to it cannot be read by
// others.
func TestAnOutputIsCheckedWhenItIsOpened(t *testing.T) {
	dir := t.TempDir()
	o := output{flag: operationsFlag, path: filepath.Join(dir, "ops.jsonl"), streams: true}
	p := newTestProgram(io.Discard)
	for _, text := range []string{"", `{"type":"person","action":"identify"}` + "\n"} {
		write(t, o.path, text)
		file, err := p.createOutput(o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteString("new"); err != nil || file.Close() != nil {
			t.Fatal(err)
		}
		if got, _ := os.ReadFile(o.path); string(got) != "new" {
			t.Errorf("it holds %q", got)
		}
	}
	if _, err := p.createOutput(o); err == nil { // it holds "new" by now
		t.Error("a file of something else was emptied")
	}
	if got, _ := os.ReadFile(o.path); string(got) != "new" {
		t.Errorf("it holds %q", got)
	}
}

// A path is known by where it leads, a link before .. too, and not by what is left of it once that was taken
// out.
func TestResolvedFollowsLinksBeforeTheirParents(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err == nil {
		err = os.MkdirAll(filepath.Join(dir, "far", "away"), 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join("far", "away"), filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	if got, want := resolved(dir+"/link/../x"), filepath.Join(dir, "far", "x"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if !within(dir+"/link/../x", filepath.Join(dir, "far"), true) || within(dir+"/link/../x", filepath.Join(dir, "link"), false) {
		t.Error("it is not where it is")
	}
}

// A run that ends before it has looked for its sources does not replace one of them either.
func TestMetricsOfARunThatHasNotLookedForSources(t *testing.T) {
	t.Chdir(t.TempDir())
	const ours = "# HELP ph2cio_last_run_info What ran last.\n"
	if err := os.Mkdir("export", 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, "export/part.jsonl", ours)
	if err := os.Link("export/part.jsonl", "x.prom"); err != nil {
		t.Skip(err)
	}
	out := runProgram(t, nil, "backfill", "--metrics-file", "x.prom", "export") // nobody can be asked
	before, err1 := os.Stat("export/part.jsonl")
	after, err2 := os.Stat("x.prom")
	if err1 != nil || err2 != nil || !os.SameFile(before, after) {
		t.Errorf("it was replaced (%v, %v)", err1, err2)
	}
	if out.code != exit.Usage || !strings.Contains(out.stderr, "--metrics-file: x.prom is the source export/part.jsonl") {
		t.Errorf("exit code %d: %s", out.code, out.stderr)
	}
}
