package job

import (
	"context"

	"ph2cio/internal/ledger"
	"ph2cio/internal/transfer/deliver"
)

// decision is a request while it is decided, with the warnings so far.
type decision struct {
	*Request
	ctx      context.Context
	ledger   Ledger
	warnings []Warning
}

func (d *decision) warn(w Warning) { d.warnings = append(d.warnings, w) }

// refuse returns the answer that the request is refused.
func refuse(err error) (Answer, error) { return Answer{Refused: err}, nil }

// begin returns a job as the answer.
func begin(j *Job) (Answer, error) { return Answer{Job: j}, nil }

// nothing returns the answer that there is nothing to do.
func nothing(why Nothing) (Answer, error) { return Answer{Nothing: &why}, nil }

// nothingSent reports whether Customer.io has accepted no row and no person of a run.
func nothingSent(run *ledger.Run) bool {
	counters, err := deliver.ReadCounters(run.Counters)
	return err == nil && counters.Sent() == 0 && counters.People() == 0
}

// open reports whether a run was begun and has not finished.
func open(run *ledger.Run) bool { return run != nil && run.Ended.IsZero() }
