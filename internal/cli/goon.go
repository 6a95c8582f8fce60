package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ph2cio/internal/exit"
	"ph2cio/internal/export"
	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
)

// journey is a run as the ledger has it: one that is gone on with, or one that is yet to begin.
type journey struct {
	command string
	run     *ledger.Run      // nil until it has begun
	flags   string           // those that change what is sent
	merges  bool             // of a retry: merges are tried again too
	inputs  *source.Snapshot // of the plan that was read
	left    int              // files that have come since and are left out
	known   int              // of a sync: files that earlier runs have read
	goes    bool             // it was begun by an earlier run of the program
	done    *ledger.Run      // a backfill that has ended, of the same flags and of sources that look the same but may have other rows

	anew *export.Plan // in its place, if what it rests on is not as it was; nil for one that is yet to begin
}

// mayBeginAnew reports whether a run that cannot be gone on with is planned anew without anybody being asked. What it has sent is
// known, so that is safe; but who types a backfill is there to decide, and a sync would stand still every night.
func (j *journey) mayBeginAnew() bool { return j.command != backfillCommand || nothingSent(j.run) }

// goOn looks for a backfill that was begun and not finished, and makes the plan that of the run that began it: the same now,
// the same sources. One that was begun with other flags or sources is not gone on with, and one that is done is not done again:
// --restart begins anew. One of other sources or flags begins once the last is done.
func (p *program) goOn(ctx context.Context, plan *export.Plan, to *destination, o *backfillOptions) (*export.Plan, *journey, error) {
	sent, err := sentFlags(o.mapping.identity.flags, &o.mapping.identity, plan)
	if err != nil {
		return nil, nil, err
	}
	j := &journey{command: backfillCommand}
	if j.flags, err = flagsText(sent); err != nil || o.sending.restart {
		return plan, j, err
	}
	if err := p.noOther(ctx, to); err != nil {
		return nil, nil, err
	}
	last, err := to.ledger.Last(ctx, backfillCommand)
	if err != nil || last == nil || last.Outcome == ledger.Replaced { // what that one sent is known
		return plan, j, err
	}
	changed, err := differences(sent, last)
	if err != nil {
		return nil, nil, err
	}
	same, sure := p.sameSources(last, plan.Sources)
	switch {
	case !last.Ended.IsZero() && len(changed) == 0 && same && sure:
		return nil, nil, p.alreadyDone(last)
	case !last.Ended.IsZero() && len(changed) == 0 && same:
		j.done = last
		return plan, j, nil
	case !last.Ended.IsZero():
		p.warn("the last backfill, finished at %s, had other sources or flags; events that it sent are not sent again", report.Time(last.Ended))
		return plan, j, nil
	}
	again, err := p.planAgain(last, changed, plan, o)
	if err != nil && nothingSent(last) {
		return plan, j, nil // nothing is lost by beginning anew
	}
	if err != nil {
		return nil, nil, err
	}
	j.run, j.goes, j.anew = last, true, plan
	return again, j, to.wire(p, again, &o.sending)
}

// noOther refuses to begin while a run of another command has not come to its end.
func (p *program) noOther(ctx context.Context, to *destination) error {
	runs, err := to.ledger.Runs(ctx, 1)
	if err != nil || len(runs) == 0 || !runs[0].Ended.IsZero() || runs[0].Command == backfillCommand || nothingSent(runs[0]) {
		return err
	}
	return &problem{code: exit.Usage,
		err:  fmt.Errorf("the %s of %s has not finished", runs[0].Command, report.Time(runs[0].Began)),
		hint: "resume it first: " + runs[0].Typed + "; or replan with --restart, which sends nothing twice"}
}

// nothingSent reports whether nothing of a run has been acknowledged.
func nothingSent(begun *ledger.Run) bool {
	counters, err := export.ReadCounters(begun.Counters)
	return err == nil && counters.Sent() == 0 && counters.People() == 0
}

// planAgain makes the plan of the run that began it. It must have no other flags and sources.
func (p *program) planAgain(begun *ledger.Run, changed []string, now *export.Plan, o *backfillOptions) (*export.Plan, error) {
	if len(changed) > 0 {
		return nil, &problem{code: exit.Usage,
			err: fmt.Errorf("the backfill of %s has not finished, and it has other flags: %s",
				report.Time(begun.Began), strings.Join(changed, "; ")),
			hint: "use the same flags to resume it, or replan with --restart, which sends nothing twice"}
	}
	sources, _, err := p.begunWith(begun, now.Inputs, now.Sources, nil)
	if err != nil {
		return nil, err
	}
	again, err := p.planAt(begun.Now, &o.mapping, o.stdin.tmp, now.Inputs)
	if err != nil {
		return nil, err
	}
	again.Sources, again.Incomplete = sources, now.Incomplete
	return again, nil
}

// sameSources reports whether sources have the names and sizes of those of a run, and whether it is sure,
// without reading them, that they have the same rows: small ones by what is in them, larger ones by when they
// were modified too.
func (p *program) sameSources(run *ledger.Run, sources []source.Source) (same, sure bool) {
	sure = true
	same = slices.EqualFunc(sources, run.Sources, func(now source.Source, then ledger.Source) bool {
		sure = sure && (job.IsStdin(then.Path) || export.SureOf(p.ctx, now, then))
		return job.NameOf(now.Name) == then.Path && (now.Size == then.Size || job.IsStdin(then.Path))
	})
	return same, sure
}

// sameRows reports whether the first reading found the rows of a run that has ended, in the same sources.
func (p *program) sameRows(plan *export.Plan, l *export.Learned, run *ledger.Run) bool {
	sources, _ := p.originOf(plan, l)
	return !run.Ended.IsZero() && run.Outcome != ledger.Replaced && slices.EqualFunc(sources, run.Sources, func(now, then ledger.Source) bool {
		now.Modified, now.Ends, now.Recent = then.Modified, then.Ends, then.Recent // what is in it counts
		return now == then
	})
}

// perhapsDone says that a backfill is done, if its sources have the rows of the last one; else that they have
// others.
func (p *program) perhapsDone(plan *export.Plan, l *export.Learned, j *journey) error {
	switch {
	case j.done == nil:
		return nil
	case p.sameRows(plan, l, j.done):
		return p.alreadyDone(j.done)
	}
	p.warn("the last backfill, finished at %s, had other rows in a source of the same name and size; events that it sent are not sent again", report.Time(j.done.Ended))
	return nil
}

// begunWith finds the sources that a run began with among those that are there now, or that are known from earlier runs. Of those
// that are there, ones that have come since are left out.
func (p *program) begunWith(begun *ledger.Run, inputs *source.Snapshot, found, known []source.Source) (sources []source.Source, left int, err error) {
	byName := map[string]source.Source{}
	for _, source := range slices.Concat(known, found) {
		byName[job.NameOf(source.Name)] = source
	}
	for _, then := range begun.Sources {
		source, ok := byName[then.Path]
		switch {
		case ok && (source.Size == then.Size || job.IsStdin(then.Path)):
			sources = append(sources, source)
		case ok:
			return nil, 0, export.ChangedSince(begun, source.Name)
		default:
			return nil, 0, p.missing(begun, inputs, then.Path)
		}
		delete(byName, then.Path)
	}
	for _, source := range found {
		if _, more := byName[job.NameOf(source.Name)]; more {
			left++
		}
	}
	if left > 0 {
		p.warn("%s added after the %s began at %s: left out until it has finished", report.Files(left), begun.Command, report.Time(begun.Began))
	}
	return sources, left, nil
}

func (p *program) missing(begun *ledger.Run, inputs *source.Snapshot, path string) error {
	if _, there := inputs.Look(p.ctx, path); there {
		return &problem{code: exit.Usage,
			err:  fmt.Errorf("the %s of %s has one more source, %s", begun.Command, report.Time(begun.Began), path),
			hint: "name it too to resume, or replan with --restart"}
	}
	return &problem{code: exit.Input,
		err:  fmt.Errorf("the %s of %s has the source %s, which is missing", begun.Command, report.Time(begun.Began), path),
		hint: "put it back to resume, or replan with --restart"}
}

// originOf is what a run rests on, under the names that the ledger has.
func (p *program) originOf(plan *export.Plan, learned *export.Learned) (sources []ledger.Source, people []byte) {
	sources, people = learned.Origin(p.ctx)
	for i := range sources {
		p.rename(&sources[i], plan.Sources[i].Name)
	}
	return sources, people
}

// rename gives a source its name. How well a copy is packed is not part of what was in standard input.
func (p *program) rename(source *ledger.Source, path string) {
	if source.Path = job.NameOf(path); job.IsStdin(source.Path) {
		source.Size = 0
	}
}

// retriesMerges reports whether so are merges.
func (j *journey) retriesMerges() bool { return j.command == backfillCommand || j.merges }

// retries reports whether what earlier runs have rejected is tried again. A sync does not, so that a reject counts in one night
// only.
func (j *journey) retries() bool { return j.command != syncCommand }
