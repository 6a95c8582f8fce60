package export

import (
	"encoding/json"
	"fmt"
	"maps"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/people"
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
				return fmt.Errorf("reading what the run has listed: %w", err)
			}
			r.noteLate(&late)
		case one.Phase == ledger.People && one.Reason != ReasonSameIdentifier:
			r.rejected[uint32(one.Number)] = true
		case one.Phase == ledger.Merges:
			r.mergesRefused[one.Number] = true
		}
	}
	return r.turnDown()
}

// turnDown notes again whom an earlier run has rejected just as they are, and this one has therefore passed
// by: their rows are rejected with them.
func (r *run) turnDown() error {
	down, from := r.learned.repeats.turnedDown(), r.from[ledger.People]
	if len(down) == 0 {
		return nil
	}
	mappers := make([]*mapping.Mapper, r.plan.workers())
	for i := range mappers {
		mappers[i] = r.learned.NewMapper(r.plan.Rules)
	}
	find := func(worker int, group []*people.Person) (numbers []uint32) {
		var text []byte
		for _, p := range group {
			var o mapping.Outcome
			if r.begun <= ledger.People && !from.Done(uint64(p.Number)) {
				continue
			}
			if text, o = mappers[worker].Person(text[:0], beforeMerge(p)); down.has(keyOfPerson(p, text, &o)) {
				numbers = append(numbers, p.Number)
			}
		}
		return numbers
	}
	for numbers, err := range parallel.Ordered(parallel.Groups(r.learned.People.People(), peopleTogether), r.plan.workers(), find) {
		if err != nil {
			return err
		}
		for _, number := range numbers {
			r.rejected[number] = true
		}
	}
	return nil
}
