package main

import (
	"database/sql"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"ph2cio/internal/sandbox"
)

// TestAClockThatWasSetBack has nights after which a clock was set back. Each run finds that the last run
// began an hour or a day after the time that the clock has now, also a run that resumes one that was killed.
// Everything is sent all the same, once, and a run that begins warns of the clock.
func TestAClockThatWasSetBack(t *testing.T) {
	notWithRace(t)
	t.Parallel()
	program := newRun(t, "").program
	takes := sandbox.Faults{NoDedup: true, Delay: sandbox.Duration(2 * time.Millisecond)}
	typed := []string{"sync", "--first-run", "--recent", "send", "export"}
	nights := []night{
		{typed: typed, prepare: func(k *killTrials) {
			k.setFaults(takes)
			k.grow("export/a.jsonl", syntheticRows(t, 300, 11)+eventsOf(visitor, "2026-03-01T11:00:00Z"))
		}},
		{typed: typed, killed: true, prepare: func(k *killTrials) {
			k.grow("export/a.jsonl", syntheticRows(t, 300, 12))
			k.grow("export/b.jsonl", linksOfVisitors())
		}, sent: "Looked Around"},
	}
	right := newKilling(t, program, "", 4)
	right.beginIn()
	var want []left
	for _, n := range nights {
		want = append(want, right.pass(n))
	}
	checkNights(t, nights, want)
	for _, ahead := range []time.Duration{time.Hour, 24 * time.Hour} {
		t.Run(ahead.String(), func(t *testing.T) {
			k := newKilling(t, program, "", 4)
			k.beginIn()
			k.pass(nights[0])
			k.setAhead(ahead)
			before := k.box.Stats()
			nights[1].prepare(k)
			c, out := k.command()
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			k.killAt(c, before.Requests+10)
			if !strings.Contains(out.String(), "before the last run began, at ") {
				t.Errorf("nothing is said of the clock\n%s", out)
			}
			k.setAhead(ahead)
			got := k.end(nights[1], before)
			if again := got.items - want[1].items; again < 0 || again > int64(k.concurrency*killedBatch) {
				t.Errorf("%d operations came again, want at most %d", again, k.concurrency*killedBatch)
			}
			if diff := cmp.Diff(want[1].held, got.held); diff != "" {
				t.Errorf("what is held, want -, got +:\n%s", diff)
			}
			if diff := cmp.Diff(want[1].rejects, got.rejects); diff != "" {
				t.Errorf("rejects, want -, got +:\n%s", diff)
			}
		})
	}
}

// killAt kills a program once the sandbox has had so many requests.
func (k *killTrials) killAt(c *exec.Cmd, requests int64) {
	for deadline := time.Now().Add(2 * time.Minute); k.box.Stats().Requests < requests; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			k.t.Fatalf("the sandbox never had %d requests", requests)
		}
	}
	_ = c.Process.Kill()
	if code := exitCodeOf(c.Wait()); code == 0 || code == 3 {
		k.t.Fatalf("it ended by itself with %d", code)
	}
}

// setAhead changes the times in the state to those of a clock that is so far ahead.
func (k *killTrials) setAhead(by time.Duration) {
	db, err := sql.Open("sqlite", filepath.Join(k.state, "state.db"))
	if err != nil {
		k.t.Fatal(err)
	}
	defer db.Close()
	seconds := int64(by.Seconds())
	for _, statement := range []string{
		fmt.Sprintf("UPDATE runs SET began = began + %d, ended = ended + %d, now = now + %d", seconds, seconds, int64(by)),
		fmt.Sprintf("UPDATE positions SET saved = saved + %d", seconds),
		fmt.Sprintf("UPDATE people SET saved = saved + %d", seconds),
	} {
		if _, err := db.Exec(statement); err != nil {
			k.t.Fatalf("%s: %v", statement, err)
		}
	}
}
