package job

import (
	"context"
	"slices"

	"ph2cio/internal/ledger"
)

// sync sends what is new. A sync that was stopped is resumed if its flags and sources are the same; else
// another one is planned, since what it sent is known and nobody is there at night to decide. Only a stopped
// backfill comes first.
func (d *decision) sync() (Answer, error) {
	last, err := newest(d.ctx, d.ledger)
	if err != nil {
		return Answer{}, err
	}
	if last == nil && !d.FirstRun {
		return refuse(ErrNothingSent)
	}
	found, err := d.newSources()
	if err != nil {
		return Answer{}, err
	}
	d.warnOfReplaced(found)
	switch {
	case open(last) && last.Command == string(Backfill) && !nothingSent(last):
		return refuse(unfinished(last, ""))
	case last == nil && len(found.sources) == 0:
		return nothing(Nothing{Known: len(found.known)})
	case open(last) && last.Command == string(Retry) && !nothingSent(last) && len(found.sources) > 0:
		d.warn(ReplacesRetry{last})
	}
	flags, err := d.Flags()
	if err != nil {
		return Answer{}, err
	}
	text, err := flags.Text()
	if err != nil {
		return Answer{}, err
	}
	j := newSync(d.Request, text, found)
	switch {
	case open(last) && last.Command == string(Sync):
		return d.continueSync(j, last, flags)
	case !open(last) && len(j.Sources) == 0:
		if idle, err := d.nothingToDo(last, flags); err != nil || idle {
			return Answer{Nothing: &Nothing{Known: j.Known}}, err
		}
	}
	return d.beginSync(j, last, flags)
}

// beginSync begins a sync. It says which flags are not those of the last run, nil for none.
func (d *decision) beginSync(j *Job, last *ledger.Run, flags Flags) (Answer, error) {
	if last == nil {
		return begin(j)
	}
	return Answer{Job: j}, d.compareFlags(flags, last, true)
}

// continueSync resumes a sync that was stopped, or begins another one in its place.
func (d *decision) continueSync(j *Job, begun *ledger.Run, flags Flags) (Answer, error) {
	changes, err := flags.changesFrom(begun.Flags)
	if err != nil {
		return Answer{}, err
	}
	if len(changes) > 0 {
		return d.beginSync(j, begun, flags)
	}
	sources, added, why := d.sourcesOf(begun, j.Sources, d.Inputs.Sources)
	if why == nil {
		return begin(j.resuming(begun, sources, added, nil))
	}
	d.warn(CannotResume{begun, why})
	if len(j.Sources) == 0 {
		return Answer{Job: j, Abandoned: begun}, nil
	}
	return begin(j)
}

// previewSync is the sync that would begin if no run had been stopped.
func (d *decision) previewSync() (Answer, error) {
	found, err := d.newSources()
	if err != nil {
		return Answer{}, err
	}
	d.warnOfReplaced(found)
	j := newSync(d.Request, "", found)
	if len(j.Sources) > 0 {
		return begin(j)
	}
	last, err := newest(d.ctx, d.ledger)
	switch {
	case err != nil:
		return Answer{}, err
	case open(last):
		return begin(j)
	case last == nil:
		return nothing(Nothing{Known: j.Known})
	}
	flags, err := d.Flags()
	if err != nil {
		return Answer{}, err
	}
	if idle, err := d.nothingToDo(last, flags); err != nil || idle {
		return Answer{Nothing: &Nothing{Known: j.Known}}, err
	}
	return begin(j)
}

// nothingToDo reports whether a sync without new sources has nothing to do since the last run, which has ended:
// its flags are the same, and so is what is in the files that they name, and it has looked for whom rows
// wait, or none wait from before it. A stopped sync that was replaced may not have looked.
func (d *decision) nothingToDo(last *ledger.Run, flags Flags) (bool, error) {
	changes, err := flags.changesFrom(last.Flags)
	if err != nil || len(changes) > 0 || last.Command == string(Sync) && last.Outcome != ledger.Replaced {
		return err == nil && len(changes) == 0, err
	}
	waiting, err := d.ledger.WaitingBefore(d.ctx, last.ID)
	return last.Command == string(Backfill) && !waiting, err
}

// compareFlags warns of flags that are not those of the last run. What is in the files that flags name may
// change every night.
func (d *decision) compareFlags(flags Flags, last *ledger.Run, newRowsOnly bool) error {
	changes, err := flags.changesFrom(last.Flags)
	if changes = slices.DeleteFunc(changes, Change.ofFiles); err == nil && len(changes) > 0 {
		d.warn(FlagsDiffer{changes, newRowsOnly})
	}
	return err
}

// Idle reports whether a sync has nothing to do, and how many sources earlier runs have read. It asks little
// of the ledger, and answers false where it is not sure: then Decide finds out.
func Idle(ctx context.Context, r *Request, l Ledger) (known int, idle bool) {
	d := &decision{Request: r, ctx: ctx, ledger: l}
	last, err := newest(ctx, l)
	if err != nil || last == nil || open(last) {
		return 0, false
	}
	found, err := d.newSources()
	if err != nil || len(found.sources) > 0 {
		return 0, false
	}
	flags, err := d.Flags()
	if err != nil {
		return 0, false
	}
	idle, err = d.nothingToDo(last, flags)
	return len(found.known), err == nil && idle
}
