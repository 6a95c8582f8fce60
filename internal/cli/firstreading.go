package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ph2cio/internal/export"
	"ph2cio/internal/job"
	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
)

// firstReading learns from the sources of a plan. A run that is gone on with must rest on what it began with; if it does not,
// another is planned in its place, unless somebody is to decide that. The plan that comes back is the one to send.
func (p *program) firstReading(ctx context.Context, plan *export.Plan, to *destination, j *journey, o *sendingOptions) (*export.Plan, *export.Learned, error) {
	j.inputs = plan.Inputs
	plan.State, plan.Ledger, plan.Remember = to.ledger, j.run, !j.goes
	plan.Retry, plan.RetryMerges = j.retries(), j.retriesMerges()
	learned, err := p.learn(ctx, plan, j)
	if err != nil || !j.goes {
		return plan, learned, err
	}
	sources, people := p.originOf(plan, learned)
	changed := learned.Matches(j.run, sources, people)
	if changed == nil {
		return plan, learned, nil
	}
	if err := learned.Close(); err != nil || !j.mayBeginAnew() {
		return nil, nil, errors.Join(changed, err)
	}
	p.warnAnew(j.run, changed)
	j.run, j.goes, j.left = nil, false, 0
	if err := to.wire(p, j.anew, o); err != nil {
		return nil, nil, err
	}
	return p.firstReading(ctx, j.anew, to, j, o)
}

// warnAnew says that a run begins in the place of one that was stopped, and why.
func (p *program) warnAnew(begun *ledger.Run, why error) {
	p.warn("the %s of %s was stopped and cannot be resumed, so it is replanned; what it sent is not sent again: %v", begun.Command, report.Time(begun.Began), why)
}

// learn is the first reading. A sync reads sources again that have rows of people whom nobody knew when they were read, and who are
// known now. What can never be sent any more is told.
func (p *program) learn(ctx context.Context, plan *export.Plan, j *journey) (*export.Learned, error) {
	plan.Names, plan.LeftOut = job.NameOf, j.leftOut
	if j.command != backfillCommand {
		plan.Read.WrittenSince = plan.Now.Add(-stillWritten) // the next night reads the row whole
	}
	var took time.Duration // of readings that were not the last
	for {
		learned, err := export.Learn(ctx, plan)
		if err != nil {
			return nil, err
		}
		learned.Took += took
		if plan.State == nil { // a preview that knows of no run
			p.warnOfDoubles(learned)
			return learned, nil
		}
		more, err := p.dueSources(ctx, plan, learned)
		if err != nil {
			return nil, errors.Join(err, learned.Close())
		}
		if len(more) == 0 || j.command != syncCommand || j.goes {
			p.warnOfDoubles(learned)
			p.warnOfLost(learned)
			return learned, nil
		}
		took = learned.Took
		if err := learned.Close(); err != nil {
			return nil, err
		}
		plan.Progress.Say(fmt.Sprintf("reading again, with %s of earlier runs: rows that waited there can be sent now", report.Files(len(more))))
		plan.Sources = append(slices.Clip(plan.Sources), more...)
	}
}

// warnOfDoubles warns of events that may be sent twice, because only some rows have a uuid, in this reading
// or before.
func (p *program) warnOfDoubles(learned *export.Learned) {
	switch n := learned.MayDouble(); {
	case n > 0:
		p.warnOfNoUUID(n)
	case learned.UUIDs.With && learned.Before.Without:
		p.warn("earlier runs read rows without a uuid, and these rows have one: an event with a row of each kind is sent twice, because " +
			"nothing shows that both are the same event")
	}
}

func (p *program) warnOfNoUUID(rows int64) {
	p.warn("%s no uuid, and others have one: an event with a row of each kind is sent twice, because nothing shows that both are the same "+
		"event; if two exports hold the same events, read only one", report.Plural(rows, "row has", "rows have"))
}

// dueSources are the sources to be read again.
func (p *program) dueSources(ctx context.Context, plan *export.Plan, learned *export.Learned) (more []source.Source, err error) {
	reads := map[string]bool{}
	for _, source := range plan.Sources {
		reads[job.NameOf(source.Name)] = true
	}
	due, err := learned.Due(ctx, plan, func(path string) bool { return !reads[path] })
	for _, path := range due {
		one, there := plan.Inputs.Look(ctx, path)
		if !there {
			continue
		}
		if one.In == nil { // a file that the run was not asked to read goes by the path that the state has
			one.Name, one.Beside = path, false
		}
		more = append(more, one)
	}
	return more, err
}

// warnOfLost says which rows that were owed can never be sent.
func (p *program) warnOfLost(learned *export.Learned) {
	for _, lost := range learned.Lost {
		if len(lost.IDs) == 0 {
			p.warn("%s no longer contains rows of %s not identified yet; those rows cannot be sent later", lost.Path, report.Plural(lost.Visitors, "visitor", "visitors"))
			continue
		}
		others := ""
		if n := lost.Visitors - int64(len(lost.IDs)); n > 0 {
			others = ", and those of " + report.Plural(n, "visitor", "visitors")
		}
		p.warn("%s is missing, so rows that waited in it cannot be sent, those of %s%s", lost.Path,
			firstFew(len(lost.IDs), len(lost.IDs), func(i int) string { return mapping.ShortID(lost.IDs[i]) }), others)
	}
}
