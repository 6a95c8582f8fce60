package job

import "ph2cio/internal/ledger"

// Answer is what a request comes to: one of Job, Nothing and Refused is set.
type Answer struct {
	Job      *Job
	Nothing  *Nothing
	Refused  error // somebody has to decide first. It has an exit code, and a hint unless it is ErrNothingSent
	Warnings []Warning

	// Abandoned is a run that cannot be resumed and that no new one replaces. It is to be recorded as
	// replaced before anything else, since it would be found again every night.
	Abandoned *ledger.Run
}

// Nothing says why there is nothing to do.
type Nothing struct {
	Done   *ledger.Run // the backfill that has done it already; nil for other commands
	Known  int         // of a sync: sources that earlier runs have read, in which nothing is new
	Merges int64       // of a retry: rejected merges, which only --merges tries again
}

// Warning is something that somebody should know, of one of the types below.
type Warning interface{ warning() }

type (
	// OtherInputs says that the last backfill, which has finished, had other sources or flags.
	OtherInputs struct{ Last *ledger.Run }

	// OtherRows says that the last backfill had other rows in a source of the same name and size.
	OtherRows struct{ Last *ledger.Run }

	// AddedFiles says that files came after a run began, and are left out until it has finished.
	AddedFiles struct {
		Begun *ledger.Run
		Files int
	}

	// CannotResume says why a run that was stopped is planned anew.
	CannotResume struct {
		Begun *ledger.Run
		Why   error
	}

	// ReplacesRetry says that a sync replaces a retry that was stopped.
	ReplacesRetry struct{ Begun *ledger.Run }

	// SourceReplaced says that there is another file than a run has read, by the same name.
	SourceReplaced struct{ Name string }

	// RejectsMissing says that a file with rejected rows is gone.
	RejectsMissing struct{ Path string }

	// FlagsDiffer says which flags are not those of the last run.
	FlagsDiffer struct {
		Changes     []Change
		NewRowsOnly bool // they apply only to rows that were not read before
	}
)

func (OtherInputs) warning()    {}
func (OtherRows) warning()      {}
func (AddedFiles) warning()     {}
func (CannotResume) warning()   {}
func (ReplacesRetry) warning()  {}
func (SourceReplaced) warning() {}
func (RejectsMissing) warning() {}
func (FlagsDiffer) warning()    {}
