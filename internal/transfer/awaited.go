package transfer

import (
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
)

// awaited are rows that an earlier run left waiting, and what the first pass has found of them.
type awaited struct {
	ledger.Wait
	of      int32    // the source that they waited in, by its place in waitingSources.sources
	seen    int32    // how many rows were found that are these, as far as can be told
	skipped int32    // how many of them this run skips, and the earlier one would have sent, or are too old
	in      [2]int32 // the first and the last source in which they were found, by their numbers from 1
	old     bool     // some are held because whether they were sent is forgotten
}

// observe takes a row of the same ID, and what becomes of it whoever its person is. reasons are those for
// which this run skips rows that the earlier one would have sent. source is the number of the row's source.
func (a *awaited) observe(source int, micros, seconds int64, o *mapping.Outcome, reasons map[string]bool) {
	if seconds < a.Oldest || seconds > a.Newest || !a.Marks.Contains(ledger.MarkOf(micros)) {
		return
	}
	skipped, old := false, false
	if o.Bucket != mapping.Send {
		old = o.Reason == mapping.ReasonTooOld
		skipped = old || reasons[o.Reason]
		if o.Bucket != mapping.Skipped || !skipped && o.Reason != mapping.ReasonRecent && o.Reason != mapping.ReasonRejectedBefore {
			return // another row of the same moment, which could never be sent
		}
	}
	a.seen++
	if skipped {
		a.skipped++
	}
	a.old = a.old || old
	if a.in[0] == 0 {
		a.in[0] = int32(source) + 1
	}
	a.in[1] = int32(source) + 1
}

// foundElsewhere notes that rows which wait in another source are these, if they may be.
func (a *awaited) foundElsewhere(o *ledger.Wait) {
	if o.MayContain(&a.Wait) {
		a.seen = max(a.seen, min(a.Rows, o.Rows+o.Repeats))
	}
}

// missing returns how many rows were not found.
func (a *awaited) missing() int32 { return max(0, a.Rows-a.seen) }

// skippedRows returns those rows that were found and that this run skips. all says that it skips all of them,
// because it does not send their person.
func (a *awaited) skippedRows(all bool) ledger.Wait {
	rows := a.Wait
	if all {
		rows.Rows = min(rows.Rows, a.seen)
	} else {
		rows.Rows = min(rows.Rows, a.skipped)
	}
	return rows
}

// missingRows returns the rows that were not found.
func (a *awaited) missingRows() ledger.Wait {
	rows := a.Wait
	rows.Rows, rows.Repeats = a.missing(), 0
	return rows
}
