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

// TestKilledAtEachStep kills the program at chosen system calls: those that create the state, write and sync
// the log of the database and the database, and rename the holder file and the file of rejects. Each round
// gets further than the one before, in a soak by smaller steps, until one ends. Then nothing is lost, only
// what was under way was repeated, and each reject is listed once.
func TestKilledAtEachStep(t *testing.T) {
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

	next := func(nth int) int { return 3 * nth }
	if kills(t) >= 100 {
		next = func(nth int) int { return nth + nth/4 + 1 }
	}
	for _, step := range []struct{ name, file, call string }{
		{"while the state is made", "state.db.new", "pwrite64"},
		{"before the state has its name", "state.db", "rename,renameat,renameat2"},
		{"after answers, before the log has them", "state.db-wal", "pwrite64"},
		{"before the log is on disk", "state.db-wal", "fsync,fdatasync"},
		{"before the log is folded", "state.db", "pwrite64"},
		{"before the folded log is on disk", "state.db", "fsync,fdatasync"},
		{"before it says who holds the lock", "holder.json", "rename,renameat,renameat2"},
		{"before the rejects are on disk", "rejects.jsonl.new", "fsync"},
		{"before the rejects are in their place", "rejects.jsonl", "rename,renameat,renameat2"},
	} {
		t.Run(step.name, func(t *testing.T) {
			t.Parallel()
			k := newKilling(t, program, file, concurrency)
			k.begin()
			under := func(nth int) []string {
				return []string{"strace", "-f", "-qq", "-o", os.DevNull, "-P", filepath.Join(k.state, step.file),
					"-e", "trace=" + step.call, "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", step.call, nth)}
			}
			needs(t, k.under(under(1)))
			killed := 0
			for nth := 1; ; nth = next(nth) {
				code, out := k.exit(under(nth))
				if code == 3 || code == 0 { // 0 if the round before was killed after its last word
					break
				}
				if code != -1 {
					t.Fatalf("round %d ended by itself with %d\n%s", killed, code, out)
				}
				killed++
			}
			if killed == 0 {
				t.Fatal("it never came to that step")
			}
			again := k.box.Stats().Items - least
			t.Logf("%s: %d kills; %d operations came again", step.name, killed, again)
			if most := int64(killed * concurrency * killedBatch); again < 0 || again > most {
				t.Errorf("%d operations came again, want at most %d", again, most)
			}
			k.finish()
			if again := k.box.Stats().Items - least - again; again != 0 {
				t.Errorf("%d operations came again after the end", again)
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
