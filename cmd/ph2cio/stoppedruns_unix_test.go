//go:build unix

package main

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/synthetic"
)

// TestStoppedRunsResume stops a backfill in other ways than by a kill or one signal, and types the same
// command again. Nothing is lost, and only what was under way is repeated.
func TestStoppedRunsResume(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	const concurrency = 4
	file := writeExport(t, filepath.Join(t.TempDir(), "events.jsonl"), synthetic.JSONL, false)
	whole := newKilling(t, program, file, concurrency)
	whole.begin()
	whole.finish()
	want, wantRejects, least := whole.held(), whole.rejects(), whole.box.Stats().Items

	for name, stop := range map[string]func(t *testing.T, k *killTrials){
		"two signals": func(t *testing.T, k *killTrials) {
			c, out := k.command()
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			k.waitForRequests(10)
			slow := k.box.Faults()
			slow.Delay = sandbox.Duration(12 * time.Second)
			if err := k.box.SetFaults(slow); err != nil {
				t.Fatal(err)
			}
			time.Sleep(200 * time.Millisecond) // by then requests are under way that take long
			if err := c.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- c.Wait() }()
			select {
			case err := <-ended:
				t.Fatalf("one signal ended it at once, with %v, whatever was under way\n%s", err, out)
			case <-time.After(300 * time.Millisecond):
			}
			start := time.Now()
			if err := c.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			<-ended
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("it took %s to end after the second signal", took)
			}
		},
		"a reader that goes away": func(t *testing.T, k *killTrials) {
			k.fail() // it says each time that it waits
			inner, _ := k.command()
			c := exec.Command(inner.Path, append(slices.DeleteFunc(inner.Args[1:], func(arg string) bool { return arg == "--quiet" }), "--verbose")...)
			c.Dir, c.Env = inner.Dir, inner.Env
			stderr, err := c.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewScanner(stderr)
			for lines.Scan() && !strings.Contains(lines.Text(), "trying again") {
			}
			_ = stderr.Close() // as head does when it has had enough
			if code := exitCodeOf(c.Wait()); code != 141 {
				t.Errorf("exit code %d, want 141", code)
			}
		},
		"nohup": func(t *testing.T, k *killTrials) {
			inner, out := k.command()
			c := exec.Command("nohup", inner.Args...)
			c.Dir, c.Env, c.Stdout, c.Stderr = inner.Dir, inner.Env, out, out
			if err := c.Start(); err != nil {
				t.Skip(err)
			}
			k.waitForRequests(10)
			if err := c.Process.Signal(syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
			if code := exitCodeOf(c.Wait()); code != 3 {
				t.Errorf("a terminal that closed ended it with %d\n%s", code, out)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKilling(t, program, file, concurrency)
			k.begin()
			calm := k.box.Faults()
			stop(t, k)
			if err := k.box.SetFaults(calm); err != nil {
				t.Fatal(err)
			}
			k.finish()
			if again := k.box.Stats().Items - least; again < 0 || again > concurrency*killedBatch {
				t.Errorf("%d operations came again, want at most %d", again, concurrency*killedBatch)
			}
			if diff := cmp.Diff(want, k.held()); diff != "" {
				t.Errorf("what is held, want -, got +:\n%s", diff)
			}
			if diff := cmp.Diff(wantRejects, k.rejects()); diff != "" {
				t.Errorf("rejects, want -, got +:\n%s", diff)
			}
		})
	}
}

// fail makes the sandbox fail all requests after some, for longer than a test takes.
func (k *killTrials) fail() {
	k.t.Helper()
	faults := k.box.Faults()
	faults.Answers = []sandbox.Answer{{After: 20, Status: 503}}
	if err := k.box.SetFaults(faults); err != nil {
		k.t.Fatal(err)
	}
}

// waitForRequests waits until the sandbox has answered so many requests.
func (k *killTrials) waitForRequests(n int64) {
	k.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); k.box.Stats().Requests < n; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			k.t.Fatalf("the sandbox never had %d requests", n)
		}
	}
}
