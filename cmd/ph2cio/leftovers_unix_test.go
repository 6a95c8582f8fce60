//go:build linux || darwin

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/sandbox"
)

// TestKilledRunsLeaveNothing kills a backfill while there are temporary files, and lists the directories after
// the next run that uses them.
func TestKilledRunsLeaveNothing(t *testing.T) {
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	tmp, metrics := filepath.Join(dir, "tmp"), filepath.Join(dir, "metrics")
	for _, one := range []string{tmp, metrics} {
		if err := os.Mkdir(one, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	box := sandbox.New(sandbox.Options{Faults: sandbox.Faults{Delay: sandbox.Duration(100 * time.Millisecond)}})
	server, err := box.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	export := syntheticRows(t, 400, 5)
	command := func(words ...string) (*exec.Cmd, *bytes.Buffer) {
		c := exec.Command(program, append([]string{"backfill", "--yes", "--quiet", "--max-rejects", "0", "--metrics-file", filepath.Join(metrics, "night.prom")}, words...)...)
		c.Dir = dir
		c.Env = append(os.Environ(), "TMPDIR="+tmp, "CUSTOMERIO_TRACK_URL="+server.URL(), "CUSTOMERIO_SITE_ID=site", "CUSTOMERIO_API_KEY=key")
		var out bytes.Buffer
		c.Stdin, c.Stdout, c.Stderr = strings.NewReader(export), &out, &out
		return c, &out
	}
	// killWith kills a run once there is a file with this name in a directory.
	killWith := func(dir, pattern string, words ...string) {
		t.Helper()
		c, out := command(words...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- c.Wait() }()
		whole := regexp.MustCompile("(?m)^" + pattern + "$")
		for deadline := time.Now().Add(time.Minute); ; {
			all, _ := filepath.Glob(filepath.Join(dir, "*")) // it may not exist yet
			if slices.ContainsFunc(all, func(path string) bool { return whole.MatchString(filepath.Base(path)) }) {
				break
			}
			select {
			case err := <-ended:
				t.Fatalf("it ended with %v before it was killed\n%s", err, out)
			case <-time.After(time.Millisecond):
			}
			if time.Now().After(deadline) {
				t.Fatalf("no %s among %q", pattern, all)
			}
		}
		_ = c.Process.Kill()
		<-ended
	}
	run := func(words ...string) {
		t.Helper()
		c, out := command(words...)
		if code := exitCodeOf(c.Run()); code != 0 && code != 3 {
			t.Fatalf("exit code %d\n%s", code, out)
		}
	}
	killWith(filepath.Join(dir, "state"), "holder.json", "--state", "state", "--batch-items", "5", "-")
	killWith(tmp, "ph2cio-sandbox-[0-9]+", "--sandbox", "-")
	left := names(t, tmp)
	if len(left) < 2 {
		t.Fatalf("only %q were left by runs that were killed", left)
	}
	// What else can be left is there for too short a time to be killed at.
	for _, path := range []string{
		"state/holder.json.123", "metrics/.night.prom.123", "metrics/.ph2cio-check-123", "tmp/ph2cio-spool-123", "tmp/ph2cio-stdin-123.part",
	} {
		if err := os.WriteFile(filepath.Join(dir, path), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-2 * time.Minute)
	for _, path := range []string{"tmp", "metrics"} {
		for _, name := range names(t, filepath.Join(dir, path)) {
			if err := os.Chtimes(filepath.Join(dir, path, name), old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	run("--state", "state", "-")
	run("--sandbox", "-")
	for path, want := range map[string][]string{"tmp": nil, "metrics": {"night.prom"}, "state": {"lock", "rejects.jsonl", "state.db"}} {
		if diff := cmp.Diff(want, names(t, filepath.Join(dir, path))); diff != "" {
			t.Errorf("%s, want -, got +:\n%s", path, diff)
		}
	}
}

// names returns the names in a directory, sorted.
func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range entries {
		all = append(all, one.Name())
	}
	return all
}
