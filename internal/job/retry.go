package job

import (
	"slices"
	"strings"

	"ph2cio/internal/asread"
	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

// retry tries again what was rejected. It resumes a retry that was stopped if its flags and files are the
// same, and else begins another one. A stopped run of another command comes first.
func (d *decision) retry() (Answer, error) {
	rejects, err := d.ledger.OpenRejects(d.ctx)
	if err != nil {
		return Answer{}, err
	}
	last, err := newest(d.ctx, d.ledger)
	if err != nil {
		return Answer{}, err
	}
	merges := d.Merges && rejects.Merges > 0
	switch {
	case open(last) && last.Command != string(Retry):
		return refuse(unfinished(last, ""))
	case !open(last) && rejects.Rows+rejects.People == 0 && !merges:
		return nothing(Nothing{Merges: rejects.Merges})
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

// retryOf begins a retry of files, or resumes the last run.
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

// continueRetry resumes a retry that was stopped. It has the merges that the run has done on its list, since
// what it has acknowledged is known by the places in that list.
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

// mergesOf returns the merges that a retry tries again, if it does: those that are not done, and those that a
// run has done, 0 for none.
func (d *decision) mergesOf(run int64) ([]ledger.Merge, error) {
	if !d.Merges {
		return nil, nil
	}
	return d.ledger.PendingMerges(d.ctx, run)
}

// filesOf returns the files that have rejected rows, also those that have another name now, and the sources
// that are surely in them, as earlier runs have read these.
func (d *decision) filesOf(rejects *ledger.OpenRejects) (files []source.Source, reread []ledger.Source, err error) {
	before, err := asread.Sources(d.ctx, d.ledger)
	if err != nil {
		return nil, nil, err
	}
	var gone []string
	for _, then := range rejects.Sources {
		now, there := d.Inputs.Look(d.ctx, then.Path)
		if there {
			files = append(files, now) // another file of that name may be the one that was mended
		}
		if there && asread.Holds(d.ctx, now, then) {
			reread = append(reread, then)
			continue
		}
		renamed, found := asread.Renamed(d.ctx, &then, before, d.Inputs)
		switch {
		case found:
			files, reread = append(files, renamed), append(reread, then)
		case !there:
			gone = append(gone, then.Path)
		}
	}
	slices.SortFunc(files, func(a, b source.Source) int { return strings.Compare(a.Name, b.Name) })
	for _, path := range slices.Compact(gone) {
		d.warn(RejectsMissing{path})
	}
	return slices.Compact(files), reread, nil
}
