package job

import (
	"context"

	"ph2cio/internal/asread"
	"ph2cio/internal/ledger"
)

// End is what the ledger is to record once all operations of a job have an answer.
type End struct {
	Outcome ledger.Outcome
	Reread  []ledger.Source // sources, as earlier runs read them, whose rejected rows were all tried again
	Retried []ledger.Phase  // in which what earlier runs have rejected was tried again
}

// End returns what to record of a run of this job. damaged says that sources could not be read to their ends.
// The rejects are those that the run has listed.
func (j *Job) End(ctx context.Context, run *ledger.Run, l Ledger, damaged bool, rejects int64) (End, error) {
	end := End{Outcome: ledger.Done, Reread: j.reread}
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

// readAgain returns which sources with rejected rows a run has read again by their names: those whose rows
// were still there.
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

// Then is what somebody types next, if anything is left to do.
type Then int

const (
	Finished       Then = iota
	Again               // the same command
	Restart             // the same backfill with --restart
	AgainWithOld        // the same command with --resend-old
	RestartWithOld      // the same backfill with both
)

// Then says what is left after a run. failed says that it did not come to its end, recent that it has held
// recent events, and old that it has held rows only because it is forgotten whether they were sent.
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
