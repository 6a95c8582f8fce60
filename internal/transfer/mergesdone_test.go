package transfer

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
)

// TestAMergeThatIsDoneIsNeverSentAgain stops a run at each of its batches, and begins another one in its
// place, as --restart does. A merge cannot be undone, so none that was acknowledged comes again, even if
// the first pass knows of no earlier run. Each is in the list of profiles of the run that has sent it.
func TestAMergeThatIsDoneIsNeverSentAgain(t *testing.T) {
	path, existing := mergedRows(t)
	changes := map[ProfileChange]int{}
	for _, knows := range []bool{true, false} {
		merges := 0
		for left := 0; ; left++ {
			came, made, stopped := stoppedAndRestarted(t, path, existing, left, knows)
			away := map[MergePair]bool{}
			for _, one := range made {
				if changes[one.Did]++; one.Did == ProfileMergedAway {
					away[MergePair{one.Profile, one.Into}] = true
				}
			}
			sent := 0
			for op, n := range came {
				if !strings.Contains(op, `"merge"`) {
					continue
				}
				sent++
				if merges++; n != 1 {
					t.Errorf("stopped after %d batches, earlier runs known %t: came %d times: %s", left, knows, n, op)
				}
			}
			if len(away) != sent {
				t.Errorf("stopped after %d batches, earlier runs known %t: %d merges came, and %d are listed", left, knows, sent, len(away))
			}
			if !stopped {
				break
			}
		}
		if merges == 0 {
			t.Error("nothing was ever merged")
		}
	}
	if changes[ProfileMergedAway] == 0 || changes[ProfileUpdated] == 0 {
		t.Errorf("changes of profiles: %v", changes)
	}
}

// stoppedAndRestarted sends to a destination that goes away after some batches, and then in a new run to one
// that stays. It returns how often each operation was acknowledged, the profiles that both list, and whether the first
// run was stopped at all. Only if knows is true does the first pass of the second run know of the first run.
func stoppedAndRestarted(t *testing.T, path string, existing *people.Existing, left int, knows bool) (came map[string]int, made []MadeProfile, stopped bool) {
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
		plan.ListProfiles = true
		summary, err := Send(t.Context(), first, plan.Delivery)
		made = slices.AppendSeq(made, summary.Made)
		if err2 := first.Close(); err2 != nil || err != nil && !errors.Is(err, errGone) {
			t.Fatal(err, err2)
		}
		stopped = stopped || err != nil
	}
	return came, made, stopped
}
