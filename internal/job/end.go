package job

import (
	"context"

	"ph2cio/internal/asread"
	"ph2cio/internal/ledger"
)

// End is what the ledger is to record of a run that has sent all it could.
type End struct {
	Outcome ledger.Outcome
	Reread  []ledger.Source // sources of earlier runs whose rejected rows this run has read and tried again
	Retried []ledger.Phase  // the phases in which this run has tried again what earlier runs had rejected

	Manifests []ledger.Manifest // those of exports in stores all of whose files were read
}

// End returns what the ledger is to record of a run of this job. damaged says that some source could not be
// read to its end, and rejects is how many rejects the run has.
func (j *Job) End(ctx context.Context, run *ledger.Run, l Ledger, damaged bool, rejects int64) (end End, err error) {
	end = End{Outcome: ledger.Done, Reread: j.reread}
	if end.Manifests, err = j.completeNow(ctx, run, l); err != nil {
		return end, err
	}
	switch {
	case damaged:
		end.Outcome = ledger.Troubled
	case rejects > 0:
		end.Outcome = ledger.Rejected
	}
	if j.RetriesRows() {
		end.Retried = append(end.Retried, ledger.People, ledger.Events)
	}
	if j.RetriesMerges() {
		end.Retried = append(end.Retried, ledger.Merges, ledger.Emails)
	}
	if j.Command != Backfill {
		return end, nil
	}
	open, err := l.OpenRejects(ctx)
	end.Reread = j.readAgain(ctx, run, open.Sources)
	return end, err
}

// readAgain returns those of the rejected sources that a run has read again under their names, and that still
// held all rows that were rejected.
func (j *Job) readAgain(ctx context.Context, run *ledger.Run, rejected []ledger.Source) (again []ledger.Source) {
	sizes := map[string]int64{}
	for _, one := range run.Sources {
		sizes[one.Path] = one.Size
	}
	for _, then := range rejected {
		size, read := sizes[then.Path]
		now, there := j.Inputs.Look(ctx, then.Path)
		if read && there && asread.HoldsWithin(ctx, now, size, then) {
			again = append(again, then)
		}
	}
	return again
}

// Then says which command to type next, if anything is left to do.
type Then int

const (
	Finished       Then = iota // none
	Again                      // the same command
	Restart                    // the same backfill with --restart
	AgainWithOld               // the same command with --resend-old
	RestartWithOld             // the same backfill with both
)

// Then returns which command to type after a run of this job. failed says that the run did not come to its
// end, recent that it has held recent events, and old that it has left out rows of days of which the ledger
// no longer has what was sent.
func (j *Job) Then(failed, recent, old bool) Then {
	switch {
	case failed, j.Command == Sync && j.Added > 0:
		return Again
	case j.Command == Backfill && recent:
		return Restart
	case j.Command == Backfill && old:
		return RestartWithOld
	case old:
		return AgainWithOld
	}
	return Finished
}
