package inspect

import (
	"context"
	"errors"
	"time"

	"ph2cio/internal/export"
	"ph2cio/internal/people"
)

// Run reads all sources twice, as a preview of the plan does, and returns what is in them. It lists missing, which are files that
// were named and are not there, behind the sources. The plan's Sender, Tally, Rejects, Operations, MaxRejects and Settle are
// not used. It returns an error if reading had to stop, also because ctx was cancelled; trouble with single sources is in
// Result.Files.
func Run(ctx context.Context, plan *export.Plan, missing []File) (in *Result, err error) {
	started := time.Now()
	rejects := &firstRejects{}
	dry := plan.DryRun(rejects)
	counted := newProfile(dry.Rules, len(dry.Sources))
	learned, err := export.LearnObserved(ctx, dry, counted)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, learned.Close()) }()
	persons, err := countPersons(learned.People, dry.Workers)
	if err != nil {
		return nil, err
	}
	summary, err := export.Send(ctx, dry, learned)
	if err != nil {
		return nil, err
	}
	counts := learned.People.Count(dry.Now.Unix())
	in = &Result{
		Files: append(fileResults(dry.Sources, counted.files, learned), missing...), Teams: append([]int64{}, learned.TeamsFound()...), Rows: summary.Rows, Times: counted.times.result(),
		People: peopleResult(counts, &summary.People), TimedByCreatedAt: summary.TimedByCreatedAt,
		UnreadFields: summary.UnreadFields, MayDouble: summary.MayDouble,
		Events: counted.names.eventResults(), EventProperties: counted.names.propertyResults(dry.Rules.EventProperty),
		PersonProperties: persons.results(int64(counts.Sent), dry.Rules.PersonProperty),
		Columns:          columnResults(learned.Columns()),
		Beyond:           Beyond{counted.names.otherEvents.rows, counted.names.otherProperties.rows, persons.others.rows},
		ValuesCut:        summary.ValuesCut, Rejects: append([]Reject{}, rejects.list...), Incomplete: dry.Incomplete,
	}
	in.AttributeSummary = summary.AttributeSummary
	in.SkippedEvents, in.SkippedEventsBeyond = summary.SkippedEvents, summary.SkippedEventsBeyond
	in.Seconds = time.Since(started).Seconds()
	return in, nil
}

func peopleResult(counts people.Counts, p *export.PeopleSummary) People {
	all, identified := counts.ByChoice[people.All].Total(), counts.ByChoice[people.Identified].Total()
	return People{
		DistinctIDs: counts.DistinctIDs, People: all, Identified: identified,
		WithEmail: counts.ByChoice[people.WithEmail].Total(), Anonymous: all - identified, Sent: p.Sent,
		Uncertain: p.Uncertain,
	}
}
