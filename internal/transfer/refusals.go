package transfer

import (
	"encoding/json"
	"fmt"
	"slices"

	"ph2cio/internal/ledger"
	"ph2cio/internal/parallel"
	"ph2cio/internal/transfer/deliver"
)

// refusals are the rows that Customer.io has refused, before the run was resumed too, as far as details need them.
// Nil refusals, of a run without details, note nothing.
type refusals struct {
	personal bool            // examples have personal data
	before   parallel.Bitset // by Ref, those from before the run was resumed
	examples []placedExample // the first row of each reason
}

// maxRefusals is how many reasons have an example. They are the API's words, and may be any.
const maxRefusals = 100

// note keeps a refusal as an example if no row before it was refused for the same reason. Answers come in any order.
func (f *refusals) note(one *deliver.Reject) {
	if !f.wants(one.Reason, one.Number) {
		return
	}
	example := placedExample{one.Number, RowExample{Reason: one.Reason, Line: one.Line, Event: one.Event}}
	if f.personal {
		example.Raw = string(one.Operation)
	}
	if at := f.find(one.Reason); at >= 0 {
		f.examples[at] = example
		return
	}
	f.examples = append(f.examples, example)
}

// wants reports whether a row is to be the example of a reason.
func (f *refusals) wants(reason string, ref uint64) bool {
	if f == nil {
		return false
	}
	at := f.find(reason)
	return at < 0 && len(f.examples) < maxRefusals || at >= 0 && ref < f.examples[at].ref
}

// find returns the index of the example of a reason; -1 if there is none.
func (f *refusals) find(reason string) int {
	return slices.IndexFunc(f.examples, func(had placedExample) bool { return had.Reason == reason })
}

// noteBefore notes a refusal that the ledger has of this run.
func (f *refusals) noteBefore(one *ledger.Reject) error {
	if f == nil {
		return nil
	}
	f.before.Add(one.Number)
	if !f.wants(one.Reason, one.Number) {
		return nil
	}
	var reject deliver.Reject
	if err := json.Unmarshal(one.Text, &reject); err != nil {
		return fmt.Errorf("reading what Customer.io has refused: %w", err)
	}
	reject.Number = one.Number
	f.note(&reject)
	return nil
}
