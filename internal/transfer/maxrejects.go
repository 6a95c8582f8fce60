package transfer

import (
	"ph2cio/internal/exit"
	"ph2cio/internal/report"
)

// MaxRejects is how much may be rejected before a run stops: more than Count rows, or more than Share of the
// rows once 10,000 are read. Zero values are no limit.
type MaxRejects struct {
	Share float64 // 0.01 is one in a hundred
	Count int64
}

// rejectsGrace is how many rows are read before a share of them is meaningful.
const rejectsGrace = 10_000

// Exceeded reports whether rejected of rows is too much.
func (m MaxRejects) Exceeded(rejected, rows int64) bool {
	if m.Count > 0 && rejected > m.Count {
		return true
	}
	return m.Share > 0 && rows >= rejectsGrace && float64(rejected) > m.Share*float64(rows)
}

// TooManyRejects ends a run whose rejects exceed Delivery.MaxRejects.
type TooManyRejects struct{ Rejected, Rows int64 }

func (e *TooManyRejects) Error() string {
	rejected := report.Count(e.Rejected) + " of " + report.Count(e.Rows) + " rows were"
	switch {
	case e.Rows == 1:
		rejected = "the only row was"
	case e.Rejected == 1:
		rejected = "1 of " + report.Count(e.Rows) + " rows was"
	}
	return "stopped: " + rejected + " rejected, which suggests a wrong mapping or a wrong file"
}

// ExitCode is what the program ends with.
func (e *TooManyRejects) ExitCode() int { return exit.Rejects }

// Hint is what to do about it.
func (e *TooManyRejects) Hint() string {
	return "`ph2cio preview` shows which rows and why; to send the others all the same, raise --max-rejects"
}
