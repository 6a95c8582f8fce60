package export

import (
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// mark is what the ledger keeps of a row's operation once it has an answer.
type mark struct {
	sent ledger.Sent
	at   int64      // the time that the event is sent with, unix seconds
	row  ledger.Key // as keyOfRow has it
}

// markOf is that of a row that was mapped.
func (r *run) markOf(worker int, e *posthog.Event, o *mapping.Outcome) mark {
	return mark{
		sent: ledger.Sent{Key: ledger.Key(o.ID), Version: ledgerVersion(e, &r.learned.repeats.ids[worker])},
		at:   o.At, row: keyOfRow(e.Row),
	}
}
