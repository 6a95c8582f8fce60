package job

import (
	"context"
	"slices"

	"ph2cio/internal/ledger"
)

// sync sends what is new. It resumes a stopped sync that has the same flags and sources. Otherwise it begins
// a new one, since nobody is there at night to decide, and the ledger has what the stopped one has sent. It
// is refused while a backfill is stopped that has sent something.
func (d *decision) sync() (Answer, error) {
	last, err := d.ledger.LastRun(d.ctx)
	if err != nil {
		return Answer{}, err
	}
	if last == nil && !d.FirstRun {
		return refuse(ErrNothingSent)
	}
	found, err := d.newSources(last)
	if err != nil {
		return Answer{}, err
	}
	d.warnOfReplaced(found)
	switch {
	case open(last) && last.Command == string(Backfill) && !nothingSent(last):
		return refuse(unfinished(last, ""))
	case last == nil && len(found.sources) == 0:
		return nothing(Nothing{Known: found.same})
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
		if idle, err := d.nothingToDo(last, found, flags); err != nil || idle {
			return Answer{Nothing: &Nothing{Known: j.Known}}, err
		}
	}
	return d.beginSync(j, last, flags)
}

// beginSync begins a sync, and warns of flags that differ from those of the last run; last may be nil.
func (d *decision) beginSync(j *Job, last *ledger.Run, flags Flags) (Answer, error) {
	if last == nil {
		return begin(j)
	}
	return Answer{Job: j}, d.compareFlags(flags, last, true)
}

// continueSync resumes a stopped sync, or begins a new one in its place.
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

// previewSync returns the sync that would begin if no run were stopped.
func (d *decision) previewSync() (Answer, error) {
	last, err := d.ledger.LastRun(d.ctx)
	if err != nil {
		return Answer{}, err
	}
	found, err := d.newSources(last)
	if err != nil {
		return Answer{}, err
	}
	d.warnOfReplaced(found)
	j := newSync(d.Request, "", found)
	if len(j.Sources) > 0 {
		return begin(j)
	}
	switch {
	case open(last):
		return begin(j)
	case last == nil:
		return nothing(Nothing{Known: j.Known})
	}
	flags, err := d.Flags()
	if err != nil {
		return Answer{}, err
	}
	if idle, err := d.nothingToDo(last, found, flags); err != nil || idle {
		return Answer{Nothing: &Nothing{Known: j.Known}}, err
	}
	return begin(j)
}

// nothingToDo reports whether a sync without new sources has nothing to do after the last run, which has
// ended. The flags must be the same, with the content of the files that they name. All sources with waiting
// rows must be there: the first sync after one is gone says so. And the last run must be a sync, which has
// sent the waiting rows that could be sent, or else a backfill before which no rows wait. A sync that was
// replaced may have stopped before it sent them.
func (d *decision) nothingToDo(last *ledger.Run, found *newSources, flags Flags) (bool, error) {
	changes, err := flags.changesFrom(last.Flags)
	if err == nil && len(changes) == 0 && d.waitsInGone(found) {
		return false, nil
	}
	if err != nil || len(changes) > 0 || last.Command == string(Sync) && last.Outcome != ledger.Replaced {
		return err == nil && len(changes) == 0, err
	}
	waiting, err := d.ledger.WaitingBefore(d.ctx, last.ID)
	return last.Command == string(Backfill) && !waiting, err
}

// compareFlags warns of flags that differ from those of the last run. It ignores changes in the content of
// files that flags name, since these may change every night, the flag that only a retry has, and values that are
// what the other command does anyway.
func (d *decision) compareFlags(flags Flags, last *ledger.Run, newRowsOnly bool) error {
	changes, err := flags.changesFrom(last.Flags)
	changes = slices.DeleteFunc(changes, func(c Change) bool {
		return c.ofFiles() || c.Flag == RetryMergesFlag || c.ofDefaults(Command(last.Command), d.Command)
	})
	if err == nil && len(changes) > 0 {
		d.warn(FlagsDiffer{changes, newRowsOnly})
	}
	return err
}

// Idle reports whether a sync certainly has nothing to do, and how many sources it has found. It
// reads little of the ledger. On any error it returns false; Decide finds out then. Decide does not read
// again what Idle has read for the same request, unless another run has ended since.
func Idle(ctx context.Context, r *Request, l Ledger) (known int, idle bool) {
	d := &decision{Request: r, ctx: ctx, ledger: l}
	last, err := l.LastRun(ctx)
	if err != nil || last == nil || open(last) {
		return 0, false
	}
	found, err := d.newSources(last)
	if err != nil {
		return 0, false
	}
	if r.known = (&knownThen{found, last}); len(found.sources) > 0 {
		return 0, false
	}
	flags, err := d.Flags()
	if err != nil {
		return 0, false
	}
	idle, err = d.nothingToDo(last, found, flags)
	return found.same, err == nil && idle
}
