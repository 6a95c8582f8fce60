package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/testkit/synthetic"
)

// TestStoppedAtEachStep sends a SIGTERM at chosen system calls: when the program opens its state, has read an
// export, and writes the rejects. Each round ends with exit code 143, until one comes to its end. Then
// nothing is lost.
//
// Where the program has little left to do, its next call takes 0.3 s, so that it notices the signal in time.
// strace counts the calls of each thread separately. So these must be calls that are not repeated at once: a
// second signal would end the process.
func TestStoppedAtEachStep(t *testing.T) {
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
	want, wantRejects := whole.held(), whole.rejects()

	for _, step := range []struct {
		name, file string
		call, next string
		rounds     int // at least
	}{
		{"it is about to open the state", "holder.json", "rename,renameat,renameat2", "", 1},
		{"it has read the export", file, "close", "", 1},
		{"it begins to write the rejects", "rejects.jsonl.new", "openat", ",fsync", 1},
		{"the rejects are to be on disk", "rejects.jsonl.new", "fsync", ",rename,renameat,renameat2", 1},
	} {
		t.Run(step.name, func(t *testing.T) {
			t.Parallel()
			k := newKilling(t, program, file, concurrency)
			k.begin()
			path := step.file
			if !filepath.IsAbs(path) {
				path = filepath.Join(k.state, path)
			}
			under := func(nth int) []string {
				words := []string{"strace", "-f", "-qq", "-o", os.DevNull, "-P", path,
					"-e", "trace=" + step.call + step.next, "-e", fmt.Sprintf("inject=%s:signal=TERM:when=%d", step.call, nth)}
				if step.next != "" {
					words = append(words, "-e", "inject="+step.next[1:]+":delay_enter=300000")
				}
				return words
			}
			needs(t, k.under(under(1)))
			stopped := 0
			for nth := 1; ; nth *= 2 {
				code, out := k.exit(under(nth))
				if code == 3 { // the signal did not come, or nothing was left to stop
					break
				}
				if code != 143 {
					t.Fatalf("signal %d: exit code %d, want 143\n%s", nth, code, out)
				}
				stopped++
			}
			if stopped < step.rounds {
				t.Errorf("stopped %d times, want %d at least", stopped, step.rounds)
			}
			k.finish()
			if diff := cmp.Diff(want, k.held()); diff != "" {
				t.Errorf("what is held, want -, got +:\n%s", diff)
			}
			if diff := cmp.Diff(wantRejects, k.rejects()); diff != "" {
				t.Errorf("rejects, want -, got +:\n%s", diff)
			}
		})
	}
}
