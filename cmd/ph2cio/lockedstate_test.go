package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/sandbox"
)

// TestASecondRunIsRefusedAtOnce starts a second run with the same state directory: it ends within a second,
// whatever its command is. When the first run is killed, the lock is free at once.
func TestASecondRunIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	box, url := newBox(t, sandbox.Faults{Delay: sandbox.Duration(time.Minute)})
	r := newRun(t, url)
	events := r.write("events.jsonl", oneRow)
	first, _, stderr := r.command("backfill", "--yes", "--state", "state", events)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = first.Wait(); close(ended) }()
	for holder := filepath.Join(r.dir, "state", "holder.json"); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(holder); err == nil {
			break
		}
		select {
		case <-ended:
			t.Fatalf("the first has ended\n%s", stderr)
		default:
		}
	}
	for _, args := range [][]string{
		{"backfill", "--yes", "--state", "state", events}, {"sync", "--yes", "--first-run", "--state", "state", events}, {"retry", "--yes", "--state", "state"},
	} {
		var out runResult
		took := time.Hour
		for try := 0; try < 20 && took > time.Second; try++ { // the machine may be busy
			start := time.Now()
			out = r.run(args...)
			took = min(took, time.Since(start))
		}
		if out.code != 7 || !strings.Contains(out.stderr, "another run is sending from state: process ") || took > time.Second {
			t.Errorf("%s: exit code %d after %s, want 7 within a second\n%s", args[0], out.code, took, out)
		}
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-ended
	if err := box.SetFaults(sandbox.Faults{}); err != nil {
		t.Fatal(err)
	}
	if out := r.run("backfill", "--yes", "--state", "state", events); out.code != 0 || box.Stats().EventsStored != 1 {
		t.Errorf("after the first was killed: exit code %d\n%s", out.code, out)
	}
}
