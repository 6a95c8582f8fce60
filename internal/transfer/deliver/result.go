package deliver

import (
	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// Mark is what the ledger saves of an operation once it is answered, in addition to the operation itself.
type Mark struct {
	Key ledger.Key // by which a later run recognizes it if it is rejected

	Version ledger.Version // of an event
	At      int64          // of an event: the time that it is sent with, unix seconds
	Person  *ledger.Person // of an identify
	Settles []string       // of an identify: the kept distinct IDs under which earlier ones of the person were rejected
	Merge   int64          // of a merge: its ledger.Merge.ID
}

// Result is what became of the next part of a phase: a chunk of rows, a group of people, one merge. The zero
// value is a part with nothing in it.
type Result struct {
	Operations []customerio.Operation // to be sent, with rising Refs; their bodies are borrowed until Deliver returns
	Marks      []Mark                 // of Operations; nil without a ledger
	Recent     []uint64               // Refs of the operations that can start a campaign
	End        uint64                 // all numbers before it are done, except those of Operations

	Rows        RowCounts
	Rejects     []Reject            // rejected by our checks
	Waiting     []ledger.Waiting    // rows held for a later run
	Corrections []ledger.Correction // rows of Waiting whose events have other rows that earlier runs have rejected
	Unchanged   int64               // people who need no identify, since an earlier run has sent the same
	Settled     []string            // kept distinct IDs, as they were then, of rejected people who need no identify any more
}
