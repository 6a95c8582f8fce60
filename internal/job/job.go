package job

import (
	"slices"
	"time"

	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer"
)

// Job is what a run is. It is made by Decide and After, and never changed.
type Job struct {
	Command Command
	Preview bool
	Now     time.Time        // the run's own now; that of its beginning if it is resumed
	Inputs  *source.Snapshot // what was found when the command began
	Sources []source.Source  // to be read, in this order
	Flags   string           // those that change what is sent, as the ledger keeps them; empty for a preview
	Resumed *ledger.Run      // the stopped run that this one continues; nil for a new one

	RetryMerges bool           // rejected merges are tried again
	Merges      []ledger.Merge // of a retry: the merges to try again, and those that the resumed run has done
	Added       int            // files that came after the resumed run began, left out until it has finished
	Known       int            // of a sync: sources that earlier runs have read
	MoreKnown   bool           // of a new sync: earlier runs have read sources that are not among Sources
	HoldRecent  bool           // of a sync: recent events are held, since it is the first run and nobody said otherwise

	reread    []ledger.Source // of a retry: sources with rejected rows, as earlier runs read them, that its files hold
	mayRepeat *ledger.Run     // a backfill that has done this already, if the sources turn out to have its rows
	ifChanged *Job            // the new run in the place of a resumed one whose sources have changed
}

// ID returns the number of the resumed run, 0 for a new one.
func (j *Job) ID() int64 {
	if j.Resumed == nil {
		return 0
	}
	return j.Resumed.ID
}

// NeedsConfirmation reports whether somebody is to confirm the job before it sends. A sync runs at night.
func (j *Job) NeedsConfirmation() bool { return j.Command != Sync }

// SavesFirstPass reports whether what the first pass learns is kept for later runs. A resumed run has kept it
// already.
func (j *Job) SavesFirstPass() bool { return !j.Preview && j.Resumed == nil }

// RetriesRows reports whether rows and people that earlier runs have rejected are tried again. A sync does
// not, so that a reject counts in one night only.
func (j *Job) RetriesRows() bool { return !j.Preview && j.Command != Sync }

// RetriesMerges is RetriesRows for merges.
func (j *Job) RetriesMerges() bool { return !j.Preview && (j.Command == Backfill || j.RetryMerges) }

// stillWritten is for how long after its last change a file may be one that something is writing to.
const stillWritten = time.Hour

// WrittenSince returns the time since which a source may have been written to whose last row is not whole.
// That row is left for the next night. It is the zero time for a backfill, which reads what is there.
func (j *Job) WrittenSince() time.Time {
	if j.Command == Backfill {
		return time.Time{}
	}
	return j.Now.Add(-stillWritten)
}

// SkipsMore returns the reasons for which the job may skip rows that a run with other flags did not skip.
// then are those flags, as the ledger has them.
func (j *Job) SkipsMore(then string) map[string]bool { return skipsMore(j.Flags, then) }

// FoundNothing reports whether a sync of no new source has found nothing to send or to tell.
func (j *Job) FoundNothing(s *transfer.Summary) bool {
	return j.Command == Sync && len(j.Sources) == 0 && len(s.Operations) == 0 && len(s.LostHistory) == 0 && len(s.People.Rejected) == 0
}

// newJob is the new run that a request asks for, of all that was found.
func newJob(r *Request, flags string) *Job {
	return &Job{Command: r.Command, Preview: r.Preview, Now: r.Now, Inputs: r.Inputs, Sources: r.Inputs.Sources, Flags: flags}
}

// newSync is the new sync of the sources in which something may be new.
func newSync(r *Request, flags string, found *newSources) *Job {
	return &Job{
		Command: r.Command, Preview: r.Preview, Now: r.Now, Inputs: r.Inputs, Sources: found.sources, Flags: flags,
		Known: len(found.known), MoreKnown: found.moreKnown(), HoldRecent: !r.Preview && len(found.known) == 0 && !r.RecentGiven,
	}
}

// newRetry is the new retry of files. In them are the sources of reread.
func newRetry(r *Request, flags string, files []source.Source, reread []ledger.Source, merges []ledger.Merge) *Job {
	return &Job{
		Command: r.Command, Now: r.Now, Inputs: r.Inputs, Sources: files, Flags: flags,
		RetryMerges: r.Merges, Merges: merges, reread: reread,
	}
}

// unlessSame is the job of a backfill that is to end after the first pass if that finds the rows of an
// earlier run.
func (j *Job) unlessSame(run *ledger.Run) *Job {
	next := *j
	next.mayRepeat = run
	return &next
}

// resuming is the job that continues a run instead, with the sources that the run had. added is how many
// files have come since. The merges are those of the run too.
func (j *Job) resuming(run *ledger.Run, sources []source.Source, added int, merges []ledger.Merge) *Job {
	next := *j
	next.Now, next.Sources, next.Resumed, next.MoreKnown, next.ifChanged = run.Now, sources, run, false, j
	next.Added, next.Merges = added, merges
	return &next
}

// with returns the job with more sources.
func (j *Job) with(more []source.Source) *Job {
	next := *j
	next.Sources = append(slices.Clip(j.Sources), more...)
	return &next
}
