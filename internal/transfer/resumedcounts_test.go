package transfer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
)

// TestUnchangedPeopleCountOnce stops a run after each batch. Half of its people have changed since an earlier
// run, and the others count as unchanged once, however often the run is resumed.
func TestUnchangedPeopleCountOnce(t *testing.T) {
	t.Parallel()
	const persons = 20
	export := func(plan func(i int) string) string {
		var rows strings.Builder
		for i := range persons {
			fmt.Fprintf(&rows, `{"event":"$set","distinct_id":"user_%d","timestamp":"2026-01-01T00:00:00Z","properties":{"$set":{"plan":%q}}}`+"\n", i, plan(i))
		}
		path := filepath.Join(t.TempDir(), "events.jsonl")
		if err := os.WriteFile(path, []byte(rows.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	before := export(func(int) string { return "basic" })
	after := export(func(i int) string { return [...]string{"basic", "premium"}[i%2] })
	for _, meet := range []bool{false, true} {
		dir, stops := t.TempDir(), 0
		// send sends as much as it can before the destination goes away.
		send := func(path string, batches int) (*Summary, error) {
			plan := newPlan(t, mapping.Options{}, path)
			plan.IdentifiersMayMeet, plan.BatchItems = meet, 1
			plan.Sender = &destination{came: map[string]int{}, left: batches, refuse: func([]byte) bool { return false }}
			store := openStore(t, dir)
			first := firstPassOf(t, store, plan)
			run := begunIn(t, store, first)
			plan.Ledger = run
			summary, err := Send(t.Context(), first, plan.Delivery)
			if err == nil {
				err = run.Finish(t.Context(), ledger.Ending{Outcome: ledger.Done, At: runTime})
			}
			if closed := errors.Join(first.Close(), store.Close()); closed != nil {
				t.Fatal(closed)
			}
			return summary, err
		}
		if _, err := send(before, 1<<30); err != nil {
			t.Fatal(err)
		}
		for ; ; stops++ {
			summary, err := send(after, 1)
			if err != nil && (!errors.Is(err, errGone) || stops > 2*persons) {
				t.Fatal(err)
			}
			if err != nil {
				continue
			}
			if summary.People.Unchanged != persons/2 || stops < persons/2-1 {
				t.Errorf("people with one identifier: %t; %d are unchanged after %d stops, want %d", meet, summary.People.Unchanged, stops, persons/2)
			}
			break
		}
	}
}
