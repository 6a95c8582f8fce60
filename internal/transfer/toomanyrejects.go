package transfer

import (
	"ph2cio/internal/exit"
	"ph2cio/internal/report"
)

// TooManyRejects ends a run whose rejects exceed Plan.MaxRejects.
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
