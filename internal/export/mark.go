package export

import (
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// mark is what the ledger wants to know of an operation once it has an answer, beside what the operation says itself.
type mark struct {
	// Of the operation of a row:
	version ledger.Version
	at      int64      // the time that the event is sent with, unix seconds
	row     ledger.Key // as keyOfRow has it

	email uint64 // of an identify: people.EmailSum of the email that it gives
}

// markOf is that of a row that was mapped.
func (r *run) markOf(worker int, e *posthog.Event, o *mapping.Outcome) mark {
	return mark{
		version: ledgerVersion(e, &r.learned.repeats.ids[worker]), at: o.At, row: keyOfRow(e.Row),
	}
}

// markOfPerson is that of a person's identify.
func (r *run) markOfPerson(o *mapping.Outcome) mark {
	if r.keeper == nil {
		return mark{}
	}
	return mark{email: people.EmailSum(o.Email)}
}
