package job

import (
	"slices"

	"ph2cio/internal/asread"
	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

// backfill resumes the last backfill if it was stopped and has the same flags and sources. One that is done
// is not done again, and one that was stopped with other flags or sources is refused: --restart plans from
// the start. A backfill of other flags or sources begins once the last has finished.
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
	if other, err := newest(d.ctx, d.ledger); err != nil {
		return Answer{}, err
	} else if open(other) && other.Command != string(Backfill) && !nothingSent(other) {
		return refuse(unfinished(other, "; or replan with --restart, which sends nothing twice"))
	}
	last, err := d.ledger.Last(d.ctx, string(Backfill))
	if err != nil {
		return Answer{}, err
	}
	if last == nil || last.Outcome == ledger.Replaced { // what a replaced run sent is known
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

// afterBackfill begins another backfill, unless the last one has done the same.
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

// continueBackfill resumes a backfill that was stopped. Where it cannot, it begins anew if nothing is lost by
// that.
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

// sameSources reports whether sources have the names and sizes of those of a run, and whether it is sure,
// without reading them whole, that they have the same rows: small ones by what is in them, larger ones by
// their versions too.
func (d *decision) sameSources(run *ledger.Run, sources []source.Source) (same, sure bool) {
	sure = true
	same = slices.EqualFunc(sources, run.Sources, func(now source.Source, then ledger.Source) bool {
		sure = sure && (IsStdin(then.Path) || asread.SurelySame(d.ctx, now, then))
		return NameOf(now.Name) == then.Path && (now.Size == then.Size || IsStdin(then.Path))
	})
	return same, sure
}
