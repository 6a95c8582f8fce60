package transfer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
)

// corrections writes two files: events for one run, and corrections of them among new events for the next
// run.
func corrections(t *testing.T, events int) (first, next string) {
	t.Helper()
	row := func(uuid string, day, version int) string {
		return fmt.Sprintf(`{"uuid":"%s","event":"Order","distinct_id":"user_1","timestamp":"2026-03-04T10:00:00Z",`+
			`"created_at":"2026-03-%02dT10:00:00Z","properties":{"version":%d}}`+"\n", uuid, day, version)
	}
	var before, after strings.Builder
	for i := range events {
		known := fmt.Sprintf("0198a000-0000-7000-8000-%012d", i)
		before.WriteString(row(known, 5, 1))
		after.WriteString(row(fmt.Sprintf("0198b000-0000-7000-8000-%012d", i), 6, 3))
		after.WriteString(row(known, 6, 2))
	}
	first, next = filepath.Join(t.TempDir(), "first.jsonl"), filepath.Join(t.TempDir(), "next.jsonl")
	err := errors.Join(os.WriteFile(first, []byte(before.String()), 0o600), os.WriteFile(next, []byte(after.String()), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	return first, next
}

// TestAResumedRunSendsNoCorrection stops a run after each of its batches. Its sources have corrections of
// events that an earlier run has sent.
func TestAResumedRunSendsNoCorrection(t *testing.T) {
	const events, batchItems = 20, 4
	first, next := corrections(t, events)
	for after := range events / batchItems {
		dir, came := t.TempDir(), map[string]int{}
		send := func(left int, paths ...string) (*Summary, error) {
			store := openStore(t, dir)
			defer store.Close()
			plan := newPlan(t, mapping.Options{}, paths...)
			pass := firstPassOf(t, store, plan)
			defer pass.Close()
			run := begunIn(t, store, pass)
			plan.Sender = &destination{came: came, left: left, refuse: func([]byte) bool { return false }}
			plan.Ledger, plan.BatchItems = run, batchItems
			summary, err := Send(t.Context(), pass, plan.Delivery)
			if err == nil {
				err = run.Finish(t.Context(), ledger.Ending{Outcome: ledger.Done, At: time.Now()})
			}
			return summary, err
		}
		if _, err := send(1<<30, first); err != nil {
			t.Fatal(err)
		}
		if _, err := send(after, first, next); !errors.Is(err, errGone) {
			t.Fatalf("stopped after %d batches: %v", after, err)
		}
		summary, err := send(1<<30, first, next)
		if err != nil {
			t.Fatalf("resumed after %d batches: %v", after, err)
		}
		for op, n := range came {
			if strings.Contains(op, `"version":2`) || n > 1 && strings.Contains(op, `"action":"event"`) {
				t.Errorf("after %d batches: came %d times: %s", after, n, op)
			}
		}
		if n := summary.Rows.Skipped[mapping.ReasonCorrectedLate]; n != events {
			t.Errorf("after %d batches: %d rows are corrected_late, want %d", after, n, events)
		}
	}
}
