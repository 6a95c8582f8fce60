package main

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/sandbox"
)

// TestABadStateIsNotUsed has a state.db that is damaged, cut off, of a newer version, or of another program.
// No command changes it, and none sends events again as if it had never sent them.
func TestABadStateIsNotUsed(t *testing.T) {
	t.Parallel()
	_, url := newBox(t, sandbox.Faults{})
	good := newRun(t, url)
	events := good.write("events.jsonl", oneRow+badRow)
	if out := good.run("backfill", "--yes", "--quiet", "--state", "state", events); out.code != 3 {
		t.Fatalf("exit code %d\n%s", out.code, out)
	}
	whole, err := os.ReadFile(filepath.Join(good.dir, "state", "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	overwritten := func(at int, with string) []byte {
		text := bytes.Clone(whole)
		copy(text[at:], with)
		return text
	}
	for name, c := range map[string]struct {
		text       []byte
		says, hint string
	}{
		"a flipped page":  {overwritten(4096+8, strings.Repeat("\xff", 3000)), "damaged", "restore it from a backup"},
		"a flipped head":  {overwritten(0, "\x00\xff"), "not a database", "restore it from a backup"},
		"cut":             {whole[:2*4096], "it is cut off", "restore it from a backup"},
		"cut in a page":   {whole[:len(whole)-4096-1000], "it is cut off", "restore it from a backup"},
		"another form":    {otherForm(t, whole), "from before the first release", "use the build that created it"},
		"a newer version": {overwritten(60, "\x00\x00\x00\x63"), "was created by a newer version of ph2cio (schema 99", "use that version"},
		"another program": {overwritten(68, "\x00\x00\x00\x05"), "a database of another program", "--state"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box, url := newBox(t, sandbox.Faults{})
			r := newRun(t, url)
			state := r.write("state/state.db", string(c.text))
			for _, args := range [][]string{
				{"backfill", "--yes", "--state", "state", events},
				{"backfill", "--yes", "--restart", "--state", "state", events},
				{"backfill", "--json", "--quiet", "--yes", "--state", "state", events},
				{"sync", "--yes", "--first-run", "--state", "state", events},
				{"retry", "--yes", "--state", "state"},
			} {
				out := r.run(args...)
				if out.code != 8 || !strings.Contains(out.String(), "state.db") || !strings.Contains(out.String(), c.says) || !strings.Contains(out.String(), c.hint) {
					t.Errorf("%s: exit code %d, want 8, with %q and %q\n%s", strings.Join(args, " "), out.code, c.says, c.hint, out)
				}
			}
			if stats := box.Stats(); stats.Items != 0 {
				t.Errorf("%d operations were sent", stats.Items)
			}
			if after, err := os.ReadFile(state); err != nil || !bytes.Equal(after, c.text) {
				t.Errorf("the file is not what it was; %v", err)
			}
		})
	}
}

// otherForm returns a state whose only change is the hash of the form of its tables.
func otherForm(t *testing.T, state []byte) []byte {
	t.Helper()
	at := bytes.Index(state, []byte("form"))
	for ; at >= 0 && !isHex(state[at+4:at+20]); at += 1 + bytes.Index(state[at+1:], []byte("form")) {
	}
	if at < 0 {
		t.Fatal("the state does not note its form")
	}
	text := bytes.Clone(state)
	copy(text[at+4:], "0123456789abcdef")
	return text
}

func isHex(text []byte) bool {
	_, err := hex.DecodeString(string(text))
	return err == nil
}

// TestAPreviewTellsOfAStateItCannotUse has a preview without --state and a state that cannot be used: the
// preview assumes that nothing was sent, and says so.
func TestAPreviewTellsOfAStateItCannotUse(t *testing.T) {
	t.Parallel()
	_, url := newBox(t, sandbox.Faults{})
	r := newRun(t, url)
	events := r.write("events.jsonl", oneRow)
	if out := r.run("backfill", "--yes", "--quiet", "--state", "state", events); out.code != 0 {
		t.Fatalf("exit code %d\n%s", out.code, out)
	}
	whole, err := os.ReadFile(filepath.Join(r.dir, "state", "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	r.write(".state/ph2cio/1/state.db", string(otherForm(t, whole)))
	for _, args := range [][]string{{"preview", "--state", ".state/ph2cio/1", events}, {"status", "--state", ".state/ph2cio/1"}} {
		if out := r.run(args...); out.code != 8 || !strings.Contains(out.String(), "from before the first release") {
			t.Errorf("%s: exit code %d\n%s", args, out.code, out)
		}
	}
	r.environment["XDG_STATE_HOME"] = filepath.Join(r.dir, ".state")
	out := r.run("preview", events)
	if out.code != 0 || !strings.Contains(out.String(), "so this assumes that nothing was") || !strings.Contains(out.String(), "from before the first release") {
		t.Errorf("exit code %d\n%s", out.code, out)
	}
}
