package job

import (
	"slices"
	"strings"

	"ph2cio/internal/asread"
	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

// retry tries again what was rejected. It resumes a stopped retry that has the same flags and files, and
// otherwise begins a new one. It is refused while a run of another command is stopped.
func (d *decision) retry() (Answer, error) {
	rejects, err := d.ledger.OpenRejects(d.ctx)
	if err != nil {
		return Answer{}, err
	}
	last, err := d.ledger.LastRun(d.ctx)
	if err != nil {
		return Answer{}, err
	}
	merges := d.Merges && rejects.Merges+rejects.Emails > 0
	switch {
	case open(last) && last.Command != string(Retry):
		return refuse(unfinished(last, ""))
	case !open(last) && rejects.Rows+rejects.People == 0 && !merges:
		return nothing(Nothing{Merges: rejects.Merges, Emails: rejects.Emails})
	}
	files, reread, err := d.filesOf(&rejects)
	if err != nil {
		return Answer{}, err
	}
	if !open(last) && len(files) == 0 && rejects.People == 0 && !merges {
		return refuse(allMissing(rejects.Rows))
	}
	return d.retryOf(files, reread, last)
}

// retryOf begins a retry of files, or resumes the last run if that is a stopped retry with the same flags.
func (d *decision) retryOf(files []source.Source, reread []ledger.Source, last *ledger.Run) (Answer, error) {
	flags, err := d.Flags()
	if err != nil {
		return Answer{}, err
	}
	text, err := flags.Text()
	if err != nil {
		return Answer{}, err
	}
	merges, err := d.mergesOf(0)
	if err != nil {
		return Answer{}, err
	}
	j := newRetry(d.Request, text, files, reread, merges)
	if last != nil {
		if err := d.compareFlags(flags, last, false); err != nil {
			return Answer{}, err
		}
	}
	if open(last) && j.Flags == last.Flags {
		return d.continueRetry(j, last)
	}
	return begin(j)
}

// continueRetry resumes a stopped retry. Its list of merges keeps those that the run has done, because the
// ledger has the merges that were acknowledged by their places in the list.
func (d *decision) continueRetry(j *Job, begun *ledger.Run) (Answer, error) {
	var there []source.Source
	for _, then := range begun.Sources {
		if now, ok := d.Inputs.Look(d.ctx, then.Path); ok {
			there = append(there, now)
		}
	}
	sources, _, why := d.sourcesOf(begun, there, nil)
	if why != nil {
		d.warn(CannotResume{begun, why})
		return begin(j)
	}
	merges, err := d.mergesOf(begun.ID)
	if err != nil {
		return Answer{}, err
	}
	return begin(j.resuming(begun, sources, 0, merges))
}

// mergesOf returns the merges of a retry with --merges: those that are not done, and those that a resumed run
// has done; run is 0 for a new retry.
func (d *decision) mergesOf(run int64) ([]ledger.Merge, error) {
	if !d.Merges {
		return nil, nil
	}
	return d.ledger.PendingMerges(d.ctx, run)
}

// filesOf returns the files that may have rejected rows, also those that were renamed. If it is not known
// where some of the rows are now, these include all files that may have them (see mayHave). reread has the
// sources of earlier runs all of whose rows these files certainly hold. It warns of files that are gone.
func (d *decision) filesOf(rejects *ledger.OpenRejects) (files []source.Source, reread []ledger.Source, err error) {
	before, err := asread.Sources(d.ctx, d.ledger)
	if err != nil {
		return nil, nil, err
	}
	var gone []string
	lost := false
	for _, then := range rejects.Sources {
		now, there := d.Inputs.Look(d.ctx, then.Path)
		if there {
			files = append(files, now) // also if it has changed, since it may be a repaired version
		}
		if there && asread.Holds(d.ctx, now, then) {
			reread = append(reread, then)
			continue
		}
		renamed, found := asread.Renamed(d.ctx, &then, 0, before, d.Inputs)
		switch {
		case found:
			files, reread = append(files, renamed), append(reread, then)
		case !there:
			gone, lost = append(gone, then.Path), true
		case readWithout(before, &then, now):
			lost = true
		}
	}
	if lost {
		files = append(files, d.mayHave(before, rejects.FirstRun)...)
	}
	slices.SortFunc(files, func(a, b source.Source) int { return strings.Compare(a.Name, b.Name) })
	files = slices.Compact(files)
	for _, path := range slices.Compact(gone) {
		d.warn(RejectsMissing{path, len(files)})
	}
	return files, reread, nil
}

// readWithout reports whether a later run has read other rows in a source than the one that rejected some, and
// the source has not changed since. Then it was replaced, and not repaired for this retry.
func readWithout(before map[string]ledger.KnownSource, then *ledger.Source, now source.Source) bool {
	last, known := before[then.Path]
	return known && !asread.SameRows(then, &last.Source) && asread.Unchanged(now, &last.Source)
}

// mayHave returns the sources that earlier runs have read, that are still there, and that may have rows which
// run first or a later one has rejected. A source that no run after first has read, and that has not changed
// since, has none but those that were rejected in it: a run that reads a row first rejects it.
func (d *decision) mayHave(before map[string]ledger.KnownSource, first int64) (files []source.Source) {
	for path, then := range before {
		if now, there := d.Inputs.Look(d.ctx, path); there && (then.Run > first || !asread.Unchanged(now, &then.Source)) {
			files = append(files, now)
		}
	}
	return files
}
