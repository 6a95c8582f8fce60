package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/sandbox"
)

// TestABadStateIsNotUsed has a state.db that is damaged, cut, of a newer version, or of somebody else: no command touches it,
// and nothing is sent as if nothing had been sent before.
func TestABadStateIsNotUsed(t *testing.T) {
	t.Parallel()
	_, url := boxed(t, sandbox.Faults{})
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
		"a flipped page":  {overwritten(4096+8, strings.Repeat("\xff", 3000)), "damaged", "bring it back from a backup"},
		"a flipped head":  {overwritten(0, "\x00\xff"), "not a database", "bring it back from a backup"},
		"cut":             {whole[:2*4096], "malformed", "bring it back from a backup"},
		"cut in a page":   {whole[:len(whole)-1000], "damaged", "bring it back from a backup"},
		"a newer version": {overwritten(60, "\x00\x00\x00\x63"), "a newer version of ph2cio made it (schema 99", "use that version"},
		"another program": {overwritten(68, "\x00\x00\x00\x05"), "not one of ph2cio's", "--state"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			box, url := boxed(t, sandbox.Faults{})
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
