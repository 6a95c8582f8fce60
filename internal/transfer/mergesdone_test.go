package transfer

import (
	"errors"
	"strings"
	"testing"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
)

// TestAMergeThatIsDoneIsNeverSentAgain stops a run at each of its batches, and begins another one in its
// place, as --restart does. A merge cannot be undone, so none that was acknowledged comes again, even if
// the first pass knows of no earlier run.
func TestAMergeThatIsDoneIsNeverSentAgain(t *testing.T) {
	path, existing := mergedRows(t)
	for _, knows := range []bool{true, false} {
		merges := 0
		for left := 0; ; left++ {
			came, stopped := stoppedAndRestarted(t, path, existing, left, knows)
			for op, n := range came {
				if !strings.Contains(op, `"merge"`) {
					continue
				}
				if merges++; n != 1 {
					t.Errorf("stopped after %d batches, earlier runs known %t: came %d times: %s", left, knows, n, op)
				}
			}
			if !stopped {
				break
			}
		}
		if merges == 0 {
			t.Error("nothing was ever merged")
		}
	}
}

// stoppedAndRestarted sends to a destination that goes away after some batches, and then in a new run to one
// that stays. It returns how often each operation was acknowledged, and whether the first run was stopped at
// all. Only if knows is true does the first pass of the second run know of the first run.
func stoppedAndRestarted(t *testing.T, path string, existing *people.Existing, left int, knows bool) (came map[string]int, stopped bool) {
	t.Helper()
	store := openStore(t, t.TempDir())
	defer store.Close()
	came = map[string]int{}
	for _, left := range []int{left, 1 << 30} {
		plan := newPlan(t, mapping.Options{}, path)
		plan.Choice.Merges, plan.Index.Existing, plan.BatchItems = people.MergeNeeded, existing, 4
		if knows {
			plan.State = store
		}
		first, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
		if err != nil {
			t.Fatal(err)
		}
		start := ledger.Start{Command: "backfill", Began: runTime, Now: runTime, Rows: first.Rows}
		start.Sources, start.People = first.Origin(t.Context())
		if plan.Ledger, err = store.Begin(t.Context(), start, first.Restorable()); err != nil {
			t.Fatal(err)
		}
		plan.Sender = &destination{came: came, left: left, refuse: func([]byte) bool { return false }}
		_, err = Send(t.Context(), first, plan.Delivery)
		if err2 := first.Close(); err2 != nil || err != nil && !errors.Is(err, errGone) {
			t.Fatal(err, err2)
		}
		stopped = stopped || err != nil
	}
	return came, stopped
}
