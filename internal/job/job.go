package job

import (
	"slices"
	"time"

	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
	"ph2cio/internal/transfer"
)

// Job says what a run does. Decide and After make it, and nothing changes it.
type Job struct {
	Command Command
	Preview bool
	Now     time.Time        // the run's own now: when the run began, also if it is resumed
	Inputs  *source.Snapshot // what was found when the command began
	Sources []source.Source  // to be read, in this order
	Flags   string           // those that change what is sent, as the ledger saves them; empty for a preview
	Resumed *ledger.Run      // the stopped run that this job resumes; nil for a new run

	RetryMerges bool           // rejected merges are tried again
	Merges      []ledger.Merge // for a retry: the merges to try again, and those that the resumed run has done
	Added       int            // how many files came after the resumed run began; they wait until it has finished
	Known       int            // for a sync: how many sources were found that earlier runs have read and that are the same
	MoreKnown   bool           // for a new sync: earlier runs have read sources that are not among Sources
	HoldRecent  bool           // for a sync: recent events are held, because it is the first run and no flag says otherwise

	reread    []ledger.Source // of earlier runs, with rejected rows that the job tries again, all of which its files hold
	mayRepeat *ledger.Run     // a finished backfill; if the sources have its rows, there is nothing to do
	ifChanged *Job            // the new run that begins if the sources of the resumed run have changed
}

// ID returns the number of the resumed run, 0 for a new run.
func (j *Job) ID() int64 {
	if j.Resumed == nil {
		return 0
	}
	return j.Resumed.ID
}

// NeedsConfirmation reports whether somebody must confirm the job before it sends. A sync runs at night, when
// nobody is there.
func (j *Job) NeedsConfirmation() bool { return j.Command != Sync }

// SavesFirstPass reports whether the ledger is to save for later runs what the first pass finds out. A
// resumed run has saved it already.
func (j *Job) SavesFirstPass() bool { return !j.Preview && j.Resumed == nil }

// RetriesRows reports whether the job tries again the rows and people that earlier runs have rejected. A sync
// does not, so that each reject is reported in one night only.
func (j *Job) RetriesRows() bool { return !j.Preview && j.Command != Sync }

// RetriesMerges reports whether the job tries again the merges that earlier runs have rejected.
func (j *Job) RetriesMerges() bool { return !j.Preview && (j.Command == Backfill || j.RetryMerges) }

// stillWritten is how long after its last change another program may still be writing to a file.
const stillWritten = time.Hour

// WrittenSince returns a time. If a source was modified after it and ends in the middle of a row, another
// program may still be writing that row, and it is left for the next night. The zero time, for a backfill, is
// never: a backfill reads what is there.
func (j *Job) WrittenSince() time.Time {
	if j.Command == Backfill {
		return time.Time{}
	}
	return j.Now.Add(-stillWritten)
}

// SkipsMore returns the reasons for which the job may skip rows that an earlier run did not skip. then are
// the flags of that run, as the ledger has saved them.
func (j *Job) SkipsMore(then string) map[string]bool { return skipsMore(j.Flags, then) }

// FoundNothing reports whether the job is a sync without new sources that had nothing to send and nothing to
// report, and has left out no file that came after it began.
func (j *Job) FoundNothing(s *transfer.Summary) bool {
	return j.Command == Sync && len(j.Sources) == 0 && j.Added == 0 && len(s.Operations) == 0 && len(s.LostHistory) == 0 && len(s.People.Rejected) == 0
}

// newJob returns a new run that reads all sources that were found.
func newJob(r *Request, flags string) *Job {
	return &Job{Command: r.Command, Preview: r.Preview, Now: r.Now, Inputs: r.Inputs, Sources: r.Inputs.Sources, Flags: flags}
}

// newSync returns a new sync, which reads the sources in which something may be new.
func newSync(r *Request, flags string, found *newSources) *Job {
	return &Job{
		Command: r.Command, Preview: r.Preview, Now: r.Now, Inputs: r.Inputs, Sources: found.sources, Flags: flags,
		Known: found.same, MoreKnown: found.moreKnown(), HoldRecent: !r.Preview && len(found.known) == 0 && !r.RecentGiven,
		reread: found.freed,
	}
}

// newRetry returns a new retry, which reads files. They hold the sources of reread.
func newRetry(r *Request, flags string, files []source.Source, reread []ledger.Source, merges []ledger.Merge) *Job {
	return &Job{
		Command: r.Command, Now: r.Now, Inputs: r.Inputs, Sources: files, Flags: flags,
		RetryMerges: r.Merges, Merges: merges, reread: reread,
	}
}

// unlessSame returns the job with the condition that it ends after the first pass if that has found the rows
// of an earlier run.
func (j *Job) unlessSame(run *ledger.Run) *Job {
	next := *j
	next.mayRepeat = run
	return &next
}

// resuming returns a job that resumes a run instead. sources are the sources of that run, added is how many
// files have come since, and merges has also the merges that the run has done.
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
