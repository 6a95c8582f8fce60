package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/race"
)

// notWithRace skips a test that runs the program many times, or on much data, if it has the race detector: that takes
// too long. The stories run the same commands with it.
func notWithRace(t *testing.T) {
	t.Helper()
	if race.Enabled() {
		t.Skip("this takes too long with the race detector")
	}
}

// endsSoon is the GORACE of each program: with the race detector it sleeps for a second before it ends otherwise, which
// would add up over hundreds of runs.
const endsSoon = "atexit_sleep_ms=20"

// run runs the program in a directory of its own, with only these variables in its environment.
type run struct {
	t           *testing.T
	program     string
	dir         string
	environment map[string]string
	under       []string // another program that starts it; none if empty
}

// runResult is the exit code and the output of a run.
type runResult struct {
	code           int // -1 when a signal ended it
	stdout, stderr string
}

func (r runResult) String() string { return r.stdout + r.stderr }

func newRun(t *testing.T, url string) *run {
	t.Helper()
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	return &run{t: t, program: program, dir: dir, environment: map[string]string{
		"CUSTOMERIO_TRACK_URL": url, "CUSTOMERIO_SITE_ID": canarySite, "CUSTOMERIO_API_KEY": canaryKey,
		"HOME": filepath.Join(dir, "home"), "PATH": os.Getenv("PATH"), "TMPDIR": dir,
		"GORACE": endsSoon,
	}}
}

func (r *run) command(args ...string) (c *exec.Cmd, stdout, stderr *bytes.Buffer) {
	words := append(append(r.under[:len(r.under):len(r.under)], r.program), args...)
	c = exec.Command(words[0], words[1:]...)
	c.Dir = r.dir
	for name, value := range r.environment {
		c.Env = append(c.Env, name+"="+value)
	}
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	c.Stdout, c.Stderr = stdout, stderr
	return c, stdout, stderr
}

func (r *run) run(args ...string) runResult {
	r.t.Helper()
	c, stdout, stderr := r.command(args...)
	err := c.Run()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		r.t.Fatal(err)
	}
	return runResult{exitCodeOf(err), stdout.String(), stderr.String()}
}

// write writes a file in the run's directory.
func (r *run) write(name, text string) (path string) {
	r.t.Helper()
	path = filepath.Join(r.dir, name)
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return path
}

// newBox starts a sandbox and returns it with its address.
func newBox(t *testing.T, faults sandbox.Faults) (*sandbox.Sandbox, string) {
	t.Helper()
	box := sandbox.New(sandbox.Options{SiteID: canarySite, APIKey: canaryKey, Faults: faults})
	server, err := box.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return box, server.URL()
}

const (
	oneRow = `{"uuid":"019cb84c-40bc-7204-b360-c62b27bcf5d9","event":"Order Completed","distinct_id":"user_1","timestamp":"2026-03-04T10:02:11+00:00","properties":{"total":3}}` + "\n"
	badRow = `{"uuid":"019cb84c-40bc-7204-b360-c62b27bcf5da","event":"Order Completed","distinct_id":"user_1","timestamp":"yesterday","properties":{}}` + "\n"
)
