package main

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ph2cio/internal/sandbox"
)

// TestKilledDismiss kills a command that closes rejects for good. Either all of them are closed then or none,
// and the same command closes those that are still open.
func TestKilledDismiss(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	box, url := newBox(t, sandbox.Faults{})
	r := newRun(t, url)
	export := r.write("export.jsonl", syntheticRows(t, 1500, 11))
	begun := filepath.Join(r.dir, "begun")
	if got := r.run("backfill", "--yes", "--state", begun, "--max-rejects", "0", export); got.code != 3 {
		t.Fatalf("exit code %d\n%s", got.code, got)
	}
	open := func(state string) int {
		t.Helper()
		got := r.run("status", "--json", "--state", state)
		var status struct {
			States []struct {
				OpenRejects int `json:"open_rejects"`
			}
		}
		if err := json.Unmarshal([]byte(got.stdout), &status); err != nil || len(status.States) != 1 {
			t.Fatalf("%v\n%s", err, got)
		}
		return status.States[0].OpenRejects
	}
	all, items := open(begun), box.Stats().Items
	if all == 0 {
		t.Fatal("nothing was rejected")
	}
	const before, after = "before all are closed", "after it"
	counts, took := killCounts{}, 100*time.Millisecond
	phases := &runPhases{names: []string{before, after}}
	for n := 0; n < 100*kills(t) && (counts[before]+counts[after] < kills(t) || counts.missing(phases)); n++ {
		state := filepath.Join(t.TempDir(), "state")
		if err := os.CopyFS(state, os.DirFS(begun)); err != nil {
			t.Fatal(err)
		}
		c, stdout, stderr := r.command("retry", "--dismiss", "not_json", "--yes", "--state", state)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		time.AfterFunc(rand.N(took), func() { _ = c.Process.Kill() })
		code := exitCodeOf(c.Wait())
		want := 0
		switch left := open(state); {
		case code == 0 && left == 0:
			took = time.Since(began)
			continue
		case code == -1 && left == 0:
			counts[after]++
			want = 2 // none with this reason is open
		case code == -1 && left == all:
			counts[before]++
		default:
			t.Fatalf("exit code %d, and %d of %d rejects are open\n%s%s", code, left, all, stdout, stderr)
		}
		if got := r.run("retry", "--dismiss", "not_json", "--yes", "--state", state); got.code != want || open(state) != 0 {
			t.Fatalf("killed, and the same command ended with %d, want %d; %d rejects are open\n%s", got.code, want, open(state), got)
		}
	}
	counts.check(t, "retry --dismiss", phases)
	if came := box.Stats().Items - items; came != 0 {
		t.Errorf("%d operations were sent", came)
	}
}
