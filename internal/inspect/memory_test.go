package inspect

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
	"ph2cio/internal/testkit/plans"
	"ph2cio/internal/transfer"
)

// TestInspectBoundsItsMemory inspects an export with more names than are counted one by one.
func TestInspectBoundsItsMemory(t *testing.T) {
	const more = 500
	var rows []string
	for n := range maxNames + more {
		rows = append(rows, fmt.Sprintf(`{"event":"e%d","distinct_id":"u","timestamp":1772615727,"properties":{"p%d":1,"all":2}}`, n, n))
	}
	rows = append(rows, fmt.Sprintf(`{"event":"%s","distinct_id":"u","timestamp":1772615727,"properties":{"%s":1}}`,
		strings.Repeat("e", maxNameLength+1), strings.Repeat("p", maxNameLength+1)))
	path := writeRows(t, "names.jsonl", rows...)
	var first *Result
	for _, workers := range []int{1, 4} {
		plan := plans.New(t, mapping.Options{}, path)
		plan.Workers = workers
		in := inspect(t, plan)
		if len(in.Events) != maxNames || len(in.EventProperties) != maxNames {
			t.Errorf("%d events, %d properties", len(in.Events), len(in.EventProperties))
		}
		// One of the kept properties is `all`, so one name more is not.
		if want := (Beyond{Events: more + 1, EventProperties: more + 2}); in.Beyond != want {
			t.Errorf("beyond: %+v, want %+v", in.Beyond, want)
		}
		if all := in.EventProperties[0]; all.Name != "all" || all.Rows != maxNames+more || all.Coverage < 0.999 {
			t.Errorf("%+v", all)
		}
		if first == nil {
			first = in
		} else if diff := cmp.Diff(first, in, cmpopts.IgnoreFields(Result{}, "Seconds")); diff != "" {
			t.Errorf("another number of workers (-1 +4):\n%s", diff)
		}
	}
}

// TestCountingARowCostsNoMemory counts rows whose names the share has seen before.
func TestCountingARowCostsNoMemory(t *testing.T) {
	plan := plans.New(t, mapping.Options{}, plans.Samples+"acornly_events.jsonl")
	c := newProfile(plan.Mapping, 1)
	share := newShare(plan.Mapping, &c.names)
	const times = 20 // that each row is counted
	for chunk, err := range posthog.Read(t.Context(), plan.Sources, posthog.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		allocations := testing.AllocsPerRun(20, func() {
			for event := range chunk.Events() {
				for range times {
					share.Event(event)
				}
			}
			c.Add(transfer.ObservedChunk{}, share)
			share = <-c.free
		})
		if allocations > times { // the decoder may cost a few, the race detector sees to that
			t.Errorf("%.0f allocations for %d rows", allocations, 15*times)
		}
	}
}
