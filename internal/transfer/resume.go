package transfer

import (
	"encoding/json"
	"fmt"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/people"
	"ph2cio/internal/transfer/deliver"
)

// resume restores from the ledger what the run knew when it was stopped: whose identify was rejected, which
// merges Customer.io has refused, and which corrections were listed.
func (r *run) resume() error {
	for one, err := range r.options.Ledger.Rejects(r.delivery.Context()) {
		if err != nil {
			return err
		}
		switch {
		case one.Phase == ledger.Events && one.Reason == mapping.ReasonCorrectedLate:
			var late deliver.Reject
			if err := json.Unmarshal(one.Text, &late); err != nil {
				return fmt.Errorf("reading what the run has listed: %w", err)
			}
			r.noteCorrection(&late)
		case one.Phase == ledger.Events && deliver.IsRefusal(one.Reason):
			if err := r.refusals.noteBefore(&one); err != nil {
				return err
			}
		case one.Phase == ledger.People && one.Reason != ReasonSameIdentifier:
			r.rejected[uint32(one.Number)] = true
		case one.Phase == ledger.Merges:
			r.mergesRefused[one.Number] = true
		}
	}
	if err := r.made.noteBefore(r.delivery.Context(), r.options.Ledger, r.first.People); err != nil {
		return err
	}
	if err := r.findRejectedPeople(); err != nil {
		return err
	}
	return r.rejectAgain()
}

// findRejectedPeople finds the people of whom the ledger has rejected identifies. It is enough to know those
// whose rejects were open when the run began or was resumed.
func (r *run) findRejectedPeople() error {
	ids, err := r.options.Ledger.RejectedPeople(r.delivery.Context())
	for _, id := range ids {
		if person, _ := r.first.People.Lookup([]byte(id)); person != nil {
			if r.toBeSent == nil {
				r.toBeSent = map[uint32][]string{}
			}
			r.toBeSent[person.Number] = append(r.toBeSent[person.Number], id)
		}
	}
	return err
}

// rejectAgain finds the people whose identify is one that an earlier run has rejected, and whom this run had
// therefore skipped before it was stopped. Their rows are rejected too.
func (r *run) rejectAgain() error {
	before, from := r.first.repeats.notRetried(), r.from[ledger.People]
	if len(before) == 0 {
		return nil
	}
	mappers := r.first.newMappers()
	find := func(worker int, group []*people.Person) (numbers []uint32) {
		var text []byte
		for _, p := range group {
			var o mapping.Outcome
			if r.begun <= ledger.People && !from.Done(uint64(p.Number)) {
				continue
			}
			if text, o = mappers[worker].Person(text[:0], beforeMerge(p)); before.has(keyOfPerson(p, text, &o)) {
				numbers = append(numbers, p.Number)
			}
		}
		return numbers
	}
	for numbers, err := range parallel.Ordered(parallel.Groups(r.first.People.People(), peopleInGroup), r.first.input.workers(), find) {
		if err != nil {
			return err
		}
		for _, number := range numbers {
			r.rejected[number] = true
		}
	}
	return nil
}
