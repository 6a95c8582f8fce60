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

// killStep is a system call on a file of the state directory.
type killStep struct {
	name, file, call string
	once             bool // only a new state comes to it
}

// TestKilledAtEachStep kills a backfill, and in a soak also a sync of a second night, at chosen system calls:
// those that create the state, write and sync the log of the database and the database, and rename the holder
// file and the file of rejects. Each round gets further than the one before, in a soak by smaller steps, until
// one ends. Then nothing is lost, only what was under way was repeated, and each reject is listed once.
func TestKilledAtEachStep(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := writeExport(t, filepath.Join(dir, "events.jsonl"), synthetic.JSONL, false)
	nightsBefore := map[string]string{"backfill": ""}
	if kills(t) >= 100 {
		nightsBefore["sync"] = writeSeeded(t, filepath.Join(dir, "before.jsonl"), synthetic.JSONL, false, 12)
	}
	for command, before := range nightsBefore {
		newTrials := func(t *testing.T) *killTrials {
			k := newKilling(t, program, file, 4)
			k.before = before
			k.begin()
			return k
		}
		whole := newTrials(t)
		whole.finish()
		want, wantRejects, least := whole.held(), whole.rejects(), whole.box.Stats().Items
		for _, step := range []killStep{
			{"while the state is made", "state.db.new", "pwrite64", true},
			{"before the state has its name", "state.db", "rename,renameat,renameat2", true},
			{"after answers, before the log has them", "state.db-wal", "pwrite64", false},
			{"before the log is on disk", "state.db-wal", "fsync,fdatasync", false},
			{"before the log is folded", "state.db", "pwrite64", false},
			{"before the folded log is on disk", "state.db", "fsync,fdatasync", false},
			{"before it says who holds the lock", "holder.json", "rename,renameat,renameat2", false},
			{"before the rejects are on disk", "rejects.jsonl.new", "fsync", false},
			{"before the rejects are in their place", "rejects.jsonl", "rename,renameat,renameat2", false},
		} {
			if step.once && before != "" {
				continue
			}
			t.Run(command+" "+step.name, func(t *testing.T) {
				t.Parallel()
				k := newTrials(t)
				killed := k.killAtStep(step)
				again := k.box.Stats().Items - least
				t.Logf("%s %s: %d kills; %d operations came again", command, step.name, killed, again)
				if most := int64(killed * k.concurrency * killedBatch); again < 0 || again > most {
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
}

// killAtStep kills the program at a step again and again until it ends by itself. It returns how often, which
// is once at least.
func (k *killTrials) killAtStep(step killStep) (killed int) {
	k.t.Helper()
	under := func(nth int) []string {
		return []string{"strace", "-f", "-qq", "-o", os.DevNull, "-P", filepath.Join(k.state, step.file),
			"-e", "trace=" + step.call, "-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", step.call, nth)}
	}
	needs(k.t, k.under(under(1)))
	for nth := 1; ; killed++ {
		code, out := k.exit(under(nth))
		if code == 3 || code == 0 { // 0 if the round before was killed after its last word
			break
		}
		if code != -1 {
			k.t.Fatalf("round %d ended by itself with %d\n%s", killed, code, out)
		}
		if kills(k.t) >= 100 {
			nth += nth/4 + 1
		} else {
			nth *= 3
		}
	}
	if killed == 0 {
		k.t.Fatal("it never came to that step")
	}
	return killed
}
