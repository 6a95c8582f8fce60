package transfer

import (
	"cmp"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
)

// awaited is a row that an earlier run left waiting, and what this run has found of it.
type awaited struct {
	ledger.Wait
	of      int32    // the source that it waited in, by its place in waitingSources.sources
	in      [2]int32 // the first and the last source in which it was found, by their numbers from 1; 0 for none
	sends   bool     // a copy was found that this run sends if it sends its person
	skipped bool     // a copy was found that this run skips, and the earlier one would have sent, or that is too old
	old     bool     // a copy is held because whether it was sent is forgotten

	elsewhere bool // it waits in another source too, which this run does not read
}

func (a *awaited) compare(o *awaited) int {
	return cmp.Or(a.ID.Compare(&o.ID), cmp.Compare(a.Row, o.Row), cmp.Compare(a.of, o.of))
}

// observe takes a copy of the row, and what becomes of it whoever its person is. reasons are those for which
// this run skips rows that the earlier one would have sent. source is the number of the copy's source.
func (a *awaited) observe(source int, o *mapping.Outcome, reasons map[string]bool) {
	if o.Bucket == mapping.Skipped && o.Reason == mapping.ReasonTooOld {
		a.old, a.skipped = true, true
	} else if o.Bucket == mapping.Skipped && reasons[o.Reason] {
		a.skipped = true
	} else {
		a.sends = true
	}
	if a.in[0] == 0 {
		a.in[0] = int32(source) + 1
	}
	a.in[1] = int32(source) + 1
}

// found reports whether the row was found in a source that this run reads.
func (a *awaited) found() bool { return a.in[0] > 0 }

// missing reports whether the row was not found anywhere.
func (a *awaited) missing() bool { return !a.found() && !a.elsewhere }
