package transfer

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"ph2cio/internal/customerio"
	"ph2cio/internal/mapping"
	"ph2cio/internal/sandbox"
	"ph2cio/internal/testkit/synthetic"
)

// TestADestinationThatFailsForGood answers 500 from the middle of a run on, without end: the run gives up
// after all its tries, every row that has no answer is counted as unsent, and the next run sends those and no
// other.
func TestADestinationThatFailsForGood(t *testing.T) {
	path := writeSynthetic(t, synthetic.Options{Rows: 1200, People: 30, Seed: 14})
	for _, status := range []int{500, 503, 522} {
		dir := t.TempDir()
		synctest.Test(t, func(t *testing.T) {
			box := newSandbox(sandbox.Faults{NoDedup: true, Answers: []sandbox.Answer{{After: 15, Status: status}}})
			run := func() (*Summary, error) {
				plan := newPlan(t, mapping.Options{}, path)
				plan.to(t, box)
				plan.BatchItems, plan.Grace = 20, 20*time.Second
				pass, err := RunFirstPass(t.Context(), plan.Input, plan.Rules)
				if err != nil {
					t.Fatal(err)
				}
				store, begun := stored(t, dir, pass)
				plan.Ledger = begun
				summary, err := Send(context.WithoutCancel(t.Context()), pass, plan.Delivery)
				if err2 := errors.Join(pass.Close(), store.Close()); err2 != nil {
					t.Fatal(err2)
				}
				return summary, err
			}
			start := time.Now()
			first, err := run()
			gaveUp, ok := errors.AsType[*customerio.GaveUpError](err)
			api, isAPI := errors.AsType[*customerio.APIError](err)
			if !ok || gaveUp.Tries != 8 || !isAPI || api.Status != status || api.Class() != customerio.Unavailable {
				t.Fatalf("%d: ended with %v, want that it gave up after 8 tries", status, err)
			}
			if took := time.Since(start); took > 16*time.Minute {
				t.Errorf("%d: it took %s to give up", status, took)
			}
			held := int64(len(box.Events()))
			if first.Rows.Sent != held || first.Rows.Unsent == 0 || held == 0 {
				t.Errorf("%d: %d rows sent, %d unsent; %d events are held", status, first.Rows.Sent, first.Rows.Unsent, held)
			}
			if err := box.SetFaults(sandbox.Faults{NoDedup: true}); err != nil {
				t.Fatal(err)
			}
			second, err := run()
			if err != nil {
				t.Fatal(err)
			}
			if second.Rows.Earlier != first.Rows.Sent || int64(len(box.Events())) != second.Rows.Sent+second.Rows.Earlier || box.Stats().RepeatedIDs != 0 {
				t.Errorf("%d: %d rows sent then, %d earlier, %d events held, %d repeated", status, second.Rows.Sent, second.Rows.Earlier, len(box.Events()), box.Stats().RepeatedIDs)
			}
		})
	}
}
