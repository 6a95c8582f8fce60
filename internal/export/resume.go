package export

import (
	"encoding/json"
	"fmt"
	"maps"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
)

// resume takes up what an earlier run has left, if there was one: where it stopped, what it counted, whose identify was
// rejected, and which merges were.
func (r *run) resume() error {
	if r.plan.Ledger == nil {
		return nil
	}
	before, err := ReadCounters(r.plan.Ledger.Counters)
	if err != nil {
		return err
	}
	r.goOn(before)
	r.begun, r.from = r.plan.Ledger.Phase, maps.Clone(r.plan.Ledger.Positions)
	for one, err := range r.plan.Ledger.Rejects(r.reading) {
		if err != nil {
			return err
		}
		switch {
		case one.Phase == ledger.Events && one.Reason == mapping.ReasonCorrectedLate:
			var late Reject
			if err := json.Unmarshal(one.Text, &late); err != nil {
				return fmt.Errorf("read what the run has listed: %w", err)
			}
			r.noteLate(&late)
		case one.Phase == ledger.People && one.Reason != reasonSameIdentifier:
			r.rejected[uint32(one.Number)] = true
		case one.Phase == ledger.Merges:
			r.mergesRefused[one.Number] = true
		}
	}
	return nil
}
