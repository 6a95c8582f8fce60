package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/mapping"
	"ph2cio/internal/transfer/deliver"
)

// TestWhatIsRefusedIsNotLeft stops a run that had people and events refused, after each of its batches, and compares
// what it says is left with what the resumed run says.
func TestWhatIsRefusedIsNotLeft(t *testing.T) {
	t.Parallel()
	const persons = 8
	var rows strings.Builder
	for i := range persons {
		fmt.Fprintf(&rows, `{"event":"$set","distinct_id":"user_%d","timestamp":"2026-01-01T00:00:00Z","properties":{"$set":{"plan":"p"}}}`+"\n", i)
		fmt.Fprintf(&rows, `{"event":"Event %d","distinct_id":"user_%d","timestamp":"2026-01-02T00:00:00Z","properties":{}}`+"\n", i, i)
	}
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	refuse := func(op []byte) bool {
		return bytes.Contains(op, []byte(`"identify"`)) && bytes.Contains(op, []byte("user_1")) || bytes.Contains(op, []byte("Event 2"))
	}
	for batches := range 2 * persons {
		dir := t.TempDir()
		store := openStore(t, dir)
		plan := newPlan(t, mapping.Options{}, path)
		first := firstPassOf(t, store, plan)
		if _, err := first.Left(t.Context()); err != nil {
			t.Fatal(err)
		}
		plan.Ledger, plan.BatchItems = begunIn(t, store, first), 1
		plan.Sender = &destination{came: map[string]int{}, left: batches, refuse: refuse}
		summary, err := Send(t.Context(), first, plan.Delivery)
		if closed := errors.Join(first.Close(), store.Close()); closed != nil || !errors.Is(err, errGone) {
			if closed == nil && err == nil && batches >= 2*persons-1 {
				continue // user_1's event is rejected with user_1, so nothing was left
			}
			t.Fatal(closed, err)
		}
		r := &summary.Reached
		refused := summary.Refused["identify"]
		if people, _ := r.Left(); people != persons-r.People-refused {
			t.Errorf("after %d batches: %d people are left of %d, with %d sent and %d refused", batches, people, persons, r.People, refused)
		}
		rejected := deliver.Sum(summary.Rows.Rejected)
		if _, events := r.Left(); !r.About && events != persons-r.Events-rejected {
			t.Errorf("after %d batches: %d events are left of %d, with %d sent and %d rejected", batches, events, persons, r.Events, rejected)
		}
	}
}
