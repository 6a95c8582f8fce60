package job

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"ph2cio/internal/ledger"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
)

// FirstPass is what decisions need of the first pass over the sources of a job.
type FirstPass struct {
	Rows int64

	// Origin returns the sources as the ledger is to record them, in the order of Job.Sources, and a
	// fingerprint of the people with the identifiers that they are sent under. It opens every source, so it
	// is called only when needed.
	Origin func() (sources []ledger.Source, people []byte)

	// Waiting has the names of sources that the pass has not read, in which rows wait that can be sent now.
	Waiting []string
}

// Next is what to do after a first pass. If Job, Nothing and Refused are all nil, the job is sent as it was
// read.
type Next struct {
	Job      *Job // to be read instead of the job that was read
	Replan   bool // Job is a new run instead of the one that was to be resumed
	Nothing  *Nothing
	Refused  error // why somebody has to decide first
	Warnings []Warning
}

// After returns what to do after the first pass of a job. A new sync also reads the sources of earlier runs
// in which rows wait that can be sent now. A resumed run must find what it found when it began. If it does
// not, a new run begins, but a backfill that has sent something is refused: whoever types it can decide.
func (j *Job) After(ctx context.Context, pass *FirstPass) Next {
	if more := j.waitingSources(ctx, pass.Waiting); len(more) > 0 {
		return Next{Job: j.with(more)}
	}
	if j.Resumed != nil {
		return j.afterResumed(pass)
	}
	switch {
	case j.mayRepeat == nil:
		return Next{}
	case sameRows(pass, j.mayRepeat):
		return Next{Nothing: &Nothing{Done: j.mayRepeat}}
	}
	return Next{Warnings: []Warning{OtherRows{j.mayRepeat}}}
}

// afterResumed compares what was read with what the resumed run found when it began.
func (j *Job) afterResumed(pass *FirstPass) Next {
	why := j.whatChanged(pass)
	switch {
	case why == nil:
		return Next{}
	case j.Command == Backfill && !nothingSent(j.Resumed):
		return Next{Refused: why}
	}
	return Next{Job: j.ifChanged, Replan: true, Warnings: []Warning{CannotResume{j.Resumed, why}}}
}

// waitingSources returns the sources that a new sync reads too, because rows wait in them. Sources that are
// gone are left out.
func (j *Job) waitingSources(ctx context.Context, waiting []string) (more []source.Source) {
	if j.Command != Sync || j.Resumed != nil {
		return nil
	}
	for _, path := range waiting {
		one, there := j.Inputs.Look(ctx, path)
		if !there {
			continue
		}
		if one.In == nil { // a file that nobody named in this command has the path in the ledger as its name
			one = source.Source{Name: path, Size: one.Size, Version: one.Version}
		}
		more = append(more, one)
	}
	return more
}

// whatChanged returns what has changed since the resumed run began, a source or else the people; nil if
// nothing.
func (j *Job) whatChanged(pass *FirstPass) error {
	begun := j.Resumed
	sources, people := pass.Origin()
	if len(sources) != len(begun.Sources) {
		return fmt.Errorf("the run that began at %s had %d sources, not %d", report.Time(begun.Began), len(begun.Sources), len(sources))
	}
	for i, now := range sources {
		if !now.SameContent(begun.Sources[i]) {
			return changedSince(begun, j.Sources[i].Name)
		}
	}
	if pass.Rows != begun.Rows || !bytes.Equal(people, begun.People) {
		return &PeopleChanged{begun.Began}
	}
	return nil
}

// DoneBy reports whether this job is a new backfill that has the flags of an earlier run and has read the
// same rows in the same sources. run may be nil.
func (j *Job) DoneBy(run *ledger.Run, pass *FirstPass) bool {
	return j.Command == Backfill && j.Resumed == nil && run != nil && run.Flags == j.Flags && sameRows(pass, run)
}

// sameRows reports whether a pass has found the same rows in the same sources as a run that has come to its
// end.
func sameRows(pass *FirstPass, run *ledger.Run) bool {
	if open(run) || run.Outcome == ledger.Replaced {
		return false
	}
	sources, _ := pass.Origin()
	return slices.EqualFunc(sources, run.Sources, ledger.Source.SameContent)
}

// Recorded returns sources that a pass has read with the names that they have in the ledger. read are the
// same sources as they were given to the pass. A copy of standard input has size 0 in the ledger, because the
// same content may be compressed better or worse.
func Recorded(sources []ledger.Source, read []source.Source) []ledger.Source {
	named := make([]ledger.Source, 0, len(sources))
	for i, one := range sources {
		path, size := NameOf(read[i].Name), one.Size
		if IsStdin(path) {
			size = 0
		}
		named = append(named, one.At(path, size))
	}
	return named
}
