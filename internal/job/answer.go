package job

import "ph2cio/internal/ledger"

// Answer is the decision about a request. Exactly one of Job, Nothing and Refused is set.
type Answer struct {
	Job      *Job
	Nothing  *Nothing
	Refused  error // why somebody has to decide first, with an exit code and, except for ErrNothingSent, a hint
	Warnings []Warning

	// Abandoned is a stopped run that cannot be resumed and that no new run may replace. The caller records
	// it as replaced first, since otherwise it would be found again every night.
	Abandoned *ledger.Run
}

// Nothing says why there is nothing to do.
type Nothing struct {
	Done   *ledger.Run // for a backfill: the earlier one that has sent all this; else nil
	Known  int         // for a sync: how many sources were found, none of which has anything new
	Merges int64       // for a retry: how many merges are rejected, which only --merges tries again
	Emails int64       // the same of emails that come after merges
}

// Warning is something that the user should know. It has one of the types below.
type Warning interface{ warning() }

type (
	// OtherInputs says that the last backfill, which has finished, had other sources or flags.
	OtherInputs struct{ Last *ledger.Run }

	// OtherRows says that the last backfill had other rows in a source of the same name and size.
	OtherRows struct{ Last *ledger.Run }

	// AddedFiles says that files came after a run began, and are left out until the run has finished.
	AddedFiles struct {
		Begun *ledger.Run
		Files int
	}

	// CannotResume says why a stopped run is not resumed and a new one begins.
	CannotResume struct {
		Begun *ledger.Run
		Why   error
	}

	// ReplacesRetry says that a sync replaces a retry that was stopped.
	ReplacesRetry struct{ Begun *ledger.Run }

	// SourceReplaced says that a source has other content than when a run read it by the same name.
	SourceReplaced struct{ Name string }

	// RejectsMissing says that a file with rejected rows is gone. Elsewhere is how many files the
	// retry reads, which may have the rows.
	RejectsMissing struct {
		Path      string
		Elsewhere int
	}

	// FlagsDiffer says which flags differ from those of the last run.
	FlagsDiffer struct {
		Changes     []Change
		NewRowsOnly bool // the flags apply only to rows that no run has read yet
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
