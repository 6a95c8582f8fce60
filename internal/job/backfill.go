package job

import (
	"slices"

	"ph2cio/internal/asread"
	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

// backfill resumes the last backfill if that was stopped and has the same flags and sources. If it has other
// flags or sources, the command is refused, unless --restart says to plan from the start. If the last
// backfill has finished, one with the same flags and sources has nothing to do, and any other begins.
func (d *decision) backfill() (Answer, error) {
	flags, err := d.Flags()
	if err != nil {
		return Answer{}, err
	}
	text, err := flags.Text()
	if err != nil {
		return Answer{}, err
	}
	j := newJob(d.Request, text)
	if d.Restart {
		return begin(j)
	}
	if other, err := d.ledger.LastRun(d.ctx); err != nil {
		return Answer{}, err
	} else if open(other) && other.Command != string(Backfill) && !nothingSent(other) {
		return refuse(unfinished(other, "; or replan with --restart, which sends nothing twice"))
	}
	last, err := d.ledger.Last(d.ctx, string(Backfill))
	if err != nil {
		return Answer{}, err
	}
	if last == nil || last.Outcome == ledger.Replaced { // the ledger has what a replaced run has sent
		return begin(j)
	}
	changes, err := flags.changesFrom(last.Flags)
	if err != nil {
		return Answer{}, err
	}
	if open(last) {
		return d.continueBackfill(j, last, changes)
	}
	return d.afterBackfill(j, last, len(changes) > 0)
}

// afterBackfill begins a backfill after one that has finished, unless it would send the same rows. If it is
// not sure whether they are the same, the first pass finds out.
func (d *decision) afterBackfill(j *Job, last *ledger.Run, otherFlags bool) (Answer, error) {
	switch same, sure := d.sameSources(last, j.Sources); {
	case otherFlags || !same:
		d.warn(OtherInputs{last})
		return begin(j)
	case sure:
		return nothing(Nothing{Done: last})
	}
	return begin(j.unlessSame(last))
}

// continueBackfill resumes a stopped backfill. If that is impossible, a new one begins in place of a backfill
// that has sent nothing, and any other is refused.
func (d *decision) continueBackfill(j *Job, begun *ledger.Run, changes []Change) (Answer, error) {
	refused := otherFlags(begun, changes)
	var sources []source.Source
	var added int
	if len(changes) == 0 {
		sources, added, refused = d.sourcesOf(begun, j.Sources, nil)
	}
	switch {
	case refused == nil:
		return begin(j.resuming(begun, sources, added, nil))
	case nothingSent(begun):
		return begin(j)
	}
	return refuse(refused)
}

// sameSources reports whether sources have the names and sizes of the sources of a run. sure says that they
// also have the same rows, as far as asread.SurelySame can tell without reading them completely.
func (d *decision) sameSources(run *ledger.Run, sources []source.Source) (same, sure bool) {
	sure = true
	same = slices.EqualFunc(sources, run.Sources, func(now source.Source, then ledger.Source) bool {
		sure = sure && (IsStdin(then.Path) || asread.SurelySame(d.ctx, now, then))
		return NameOf(now.Name) == then.Path && (now.Size == then.Size || IsStdin(then.Path))
	})
	return same, sure
}
