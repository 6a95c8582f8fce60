package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/testkit/synthetic"
)

// TestStateDiskFails makes the disk of the state directory fail in the middle of a backfill. The program
// stops before it sends more than was under way and says why, and the same command typed again loses nothing.
func TestStateDiskFails(t *testing.T) {
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	file := writeExport(t, filepath.Join(t.TempDir(), "events.jsonl"), synthetic.JSONL, false)
	whole := newKilling(t, program, file, 1)
	whole.begin()
	whole.finish()
	want, wantRejects, stats := whole.held(), whole.rejects(), whole.box.Stats()

	log := func(k *killTrials) string { return filepath.Join(k.state, "state.db-wal") }
	inject := func(what string) func(k *killTrials) []string {
		return func(k *killTrials) []string {
			return []string{"strace", "-f", "-qq", "-o", os.DevNull, "-P", log(k), "-e", "trace=pwrite64,fsync,fdatasync", "-e", "inject=" + what}
		}
	}
	for name, c := range map[string]struct {
		under func(k *killTrials) []string
		hint  string
	}{
		"a limit of size": {func(*killTrials) []string { return []string{"sh", "-c", `ulimit -f 600; exec "$@"`, "sh"} }, "hint: check the disk under"},
		"full":            {inject("pwrite64:error=ENOSPC:when=80+"), "hint: free disk space in"},
		"failing fsync":   {inject("fsync,fdatasync:error=EIO:when=8+"), "hint: check the disk under"},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKilling(t, program, file, 1)
			k.begin()
			needs(t, k.under(c.under(k)))
			code, out := k.exit(c.under(k))
			if code != 8 || !strings.Contains(out, "state.db: ") || !strings.Contains(out, c.hint) {
				t.Fatalf("exit code %d, want 8, with %q:\n%s", code, c.hint, out)
			}
			if came := k.box.Stats().Items; came == 0 || came >= stats.Items {
				t.Errorf("%d operations came before the disk failed: it did not fail in the middle", came)
			}
			k.finish()
			if again := k.box.Stats().Items - stats.Items; again > killedBatch {
				t.Errorf("%d operations came again, want at most %d", again, killedBatch)
			}
			if diff := cmp.Diff(want, k.held()); diff != "" {
				t.Errorf("what is held, want -, got +:\n%s", diff)
			}
			if diff := cmp.Diff(wantRejects, k.rejects()); diff != "" {
				t.Errorf("rejects, want -, got +:\n%s", diff)
			}
		})
	}
	t.Run("read-only", func(t *testing.T) {
		k := newKilling(t, program, file, 1)
		k.begin()
		if err := os.Mkdir(k.state, 0o700); err != nil {
			t.Fatal(err)
		}
		under := []string{"strace", "-f", "-qq", "-o", os.DevNull, "-P", filepath.Join(k.state, "state.db.new"), "-e", "trace=openat", "-e", "inject=openat:error=EROFS"}
		needs(t, k.under(under))
		code, out := k.exit(under)
		if code != 8 || !strings.Contains(out, "read-only file system") {
			t.Errorf("exit code %d, want 8:\n%s", code, out)
		}
		if came := k.box.Stats().Items; came != 0 {
			t.Errorf("%d operations were sent", came)
		}
		k.finish()
	})
}

// needs skips a test if another program that it uses is missing or may not do what the test needs.
func needs(t *testing.T, try *exec.Cmd) {
	t.Helper()
	probe := exec.Command(try.Args[0], append(try.Args[1:len(try.Args):len(try.Args)], "true")...)
	if out, err := probe.CombinedOutput(); err != nil {
		t.Skipf("%s does not work here: %v %s", try.Args[0], err, out)
	}
}

// under is a command that runs another program, which runs the command in its arguments.
func (k *killTrials) under(words []string) *exec.Cmd { return exec.Command(words[0], words[1:]...) }

// exit runs the program under another one. It returns the exit code and all output.
func (k *killTrials) exit(under []string) (int, string) {
	inner, out := k.command()
	c := k.under(append(under[:len(under):len(under)], inner.Args...))
	c.Dir, c.Env, c.Stdout, c.Stderr = inner.Dir, inner.Env, out, out
	return exitCodeOf(c.Run()), out.String()
}
