package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/testkit/synthetic"
)

// TestKilledInQuickSuccession kills a backfill with large requests at a high rate, each time soon after it has
// begun to send, and types the same command again. Each kill repeats at most 5,000 operations, although many
// more than that are sent until the second after which checkpoints are saved anyway.
func TestKilledInQuickSuccession(t *testing.T) {
	notWithRace(t)
	program, err := exec.LookPath("ph2cio")
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if _, err := synthetic.Write(&text, synthetic.Options{Shape: synthetic.JSONL, Rows: 25000, People: 400, Seed: 3, Invalid: 1}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	k := newKilling(t, program, file, 0)
	k.begin()
	k.finish()
	want, least := k.held(), k.box.Stats().Items
	for killed := 0; killed < kills(t); {
		k.begin()
		times := int64(0)
		for killed < kills(t) && times < 6 {
			if ok, _ := k.killWhen(k.requestsFromNow(8 + k.dice.Int64N(5))); !ok {
				break
			}
			killed, times = killed+1, times+1
		}
		k.finish()
		again := k.box.Stats().Items - least
		t.Logf("killed %d times; %d of %d operations came again", times, again, least)
		if again < 0 || again > times*5000 {
			t.Errorf("%d operations came again after %d kills, want at most 5,000 for each", again, times)
		}
		if diff := cmp.Diff(want, k.held()); diff != "" {
			t.Fatalf("what is held, want -, got +:\n%.4000s", diff)
		}
		if times == 0 {
			t.Fatal("the run ended before it was killed")
		}
	}
}
