//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/sandbox"
)

// checkNoPanic checks that the program reported an error instead of panicking.
func checkNoPanic(t *testing.T, out runResult) {
	t.Helper()
	if strings.Contains(out.String(), "goroutine ") || strings.Contains(out.String(), "panic") || out.code == -1 {
		t.Errorf("it panicked: exit code %d\n%s", out.code, out)
	}
}

// TestFewOpenFilesAreEnough has hundreds of sources, and more requests under way than files may be open. With
// few open files the run succeeds, with too few it says why it fails.
func TestFewOpenFilesAreEnough(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{128, 32, 20, 16, 15, 14, 13, 12, 11, 10, 9, 8} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			t.Parallel()
			box, url := newBox(t, sandbox.Faults{Delay: sandbox.Duration(5 * time.Millisecond)})
			r := newRun(t, url)
			const files = 200
			for i := range files {
				r.write(fmt.Sprintf("export/%03d.jsonl", i), strings.Replace(oneRow, "019cb84c-40bc-7204-b360-c62b27bc", fmt.Sprintf("%08d-40bc-7204-b360-c62b27bc", i), 1))
			}
			r.under = []string{"sh", "-c", fmt.Sprintf(`ulimit -n %d; exec "$@"`, limit), "sh"}
			out := r.run("backfill", "--yes", "--state", "state", "--rate", "1000", "--batch-items", "1", "--concurrency", "8", "export")
			checkNoPanic(t, out)
			t.Logf("exit code %d, %d events at first", out.code, box.Stats().EventsStored)
			switch {
			case out.code == 0 && box.Stats().EventsStored == files:
			case limit >= 32:
				t.Errorf("exit code %d, %d of %d events\n%s", out.code, box.Stats().EventsStored, files, out)
			case !strings.Contains(out.stderr, "too many open files") && !strings.Contains(out.stderr, "unable to open database file"):
				t.Errorf("exit code %d, without the reason\n%s", out.code, out)
			}
			r.under = nil
			if out := r.run("backfill", "--yes", "--state", "state", "export"); out.code != 0 || box.Stats().EventsStored != files {
				t.Errorf("afterwards: exit code %d, %d of %d events\n%s", out.code, box.Stats().EventsStored, files, out)
			}
		})
	}
}

// TestWithoutAHome runs without HOME and XDG_STATE_HOME, as some schedulers do, so that the program does not
// know where to keep a state.
func TestWithoutAHome(t *testing.T) {
	t.Parallel()
	box, url := newBox(t, sandbox.Faults{})
	r := newRun(t, url)
	r.environment["HOME"] = ""
	events := r.write("events.jsonl", oneRow)
	out := r.run("backfill", "--yes", events)
	if out.code != 8 || !strings.Contains(out.stderr, "neither XDG_STATE_HOME nor HOME is set") || !strings.Contains(out.stderr, "hint: name one with --state") {
		t.Errorf("exit code %d, want 8\n%s", out.code, out)
	}
	if n := box.Stats().Items; n != 0 {
		t.Errorf("%d operations were sent", n)
	}
	checkNoPanic(t, out)
	if out := r.run("preview", events); out.code != 0 {
		t.Errorf("preview: exit code %d\n%s", out.code, out)
	}
	if out := r.run("backfill", "--yes", "--state", "state", events); out.code != 0 || box.Stats().EventsStored != 1 {
		t.Errorf("with --state: exit code %d\n%s", out.code, out)
	}
}

// TestResultsThatCannotBeWritten writes results to a full disk. The program must fail, since half a result
// could be taken for all of it.
func TestResultsThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	_, url := newBox(t, sandbox.Faults{})
	for _, c := range [][]string{
		{"preview"}, {"preview", "--json"}, {"preview", "--operations", "-"}, {"inspect"}, {"inspect", "--json"}, {"explain", "--id", "user_1"},
		{"check"}, {"backfill", "--yes", "--state", "state"}, {"backfill", "--yes", "--state", "state", "--restart", "--json"},
	} {
		r := newRun(t, url)
		r.under = []string{"sh", "-c", `exec "$@" > /dev/full`, "sh"}
		out := r.run(append(c, r.write("events.jsonl", oneRow))...)
		checkNoPanic(t, out)
		if out.code == 0 || !strings.Contains(out.stderr, "no space left on device") {
			t.Errorf("%s: exit code %d, want a failure that says why\n%s", strings.Join(c, " "), out.code, out)
		}
	}
	r := newRun(t, url)
	out := r.run("preview", "--operations", "/dev/full", r.write("events.jsonl", oneRow))
	if out.code == 0 || !strings.Contains(out.stderr, "/dev/full") {
		t.Errorf("--operations: exit code %d\n%s", out.code, out)
	}
	out = r.run("backfill", "--yes", "--state", filepath.Join(os.DevNull, "state"), r.write("events.jsonl", oneRow))
	if out.code != 8 {
		t.Errorf("a state under a file: exit code %d\n%s", out.code, out)
	}
	checkNoPanic(t, out)
}
