package inspect

import (
	"context"
	"errors"
	"time"

	"ph2cio/internal/people"
	"ph2cio/internal/transfer"
)

// Run reads all sources of the plan twice, as a preview does, and returns what is in them. It lists the missing
// files behind the sources. It sends nothing, and does not use the plan's Sender, Tally, Rejects, Operations,
// MaxRejects and Settle. It returns an error if it could not read on, or if ctx was cancelled; what is wrong with
// single sources is in Result.Files.
func Run(ctx context.Context, plan *transfer.Plan, missing []File) (in *Result, err error) {
	started := time.Now()
	rejects := &firstRejects{}
	dry := plan.DryRun(rejects)
	counted := newProfile(dry.Rules, len(dry.Sources))
	first, err := transfer.ObserveFirstPass(ctx, dry, counted)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, first.Close()) }()
	persons, err := countPersons(first.People, dry.Workers)
	if err != nil {
		return nil, err
	}
	summary, err := transfer.Send(ctx, dry, first)
	if err != nil {
		return nil, err
	}
	counts := first.People.Count(dry.Now.Unix())
	return &Result{
		Files:               append(fileResults(dry.Sources, counted.files, first), missing...),
		Teams:               append([]int64{}, first.TeamsFound()...),
		Rows:                summary.Rows,
		Times:               counted.times.result(),
		People:              peopleResult(counts, &summary.People),
		Events:              counted.names.eventResults(),
		EventProperties:     counted.names.propertyResults(dry.Rules.EventProperty),
		PersonProperties:    persons.results(int64(counts.Sent), dry.Rules.PersonProperty),
		Columns:             columnResults(first.Columns()),
		Beyond:              Beyond{counted.names.otherEvents.rows, counted.names.otherProperties.rows, persons.others.rows},
		ValuesCut:           summary.ValuesCut,
		SkippedEvents:       summary.SkippedEvents,
		SkippedEventsBeyond: summary.SkippedEventsBeyond,
		AttributeSummary:    summary.AttributeSummary,
		TimedByCreatedAt:    summary.TimedByCreatedAt,
		UnreadFields:        summary.UnreadFields,
		MayDouble:           summary.MayDouble,
		Rejects:             append([]Reject{}, rejects.list...),
		Incomplete:          dry.Incomplete,
		Seconds:             time.Since(started).Seconds(),
	}, nil
}

func peopleResult(counts people.Counts, p *transfer.PeopleSummary) People {
	all, identified := counts.ByChoice[people.All].Total(), counts.ByChoice[people.Identified].Total()
	return People{
		DistinctIDs: counts.DistinctIDs, People: all, Identified: identified,
		WithEmail: counts.ByChoice[people.WithEmail].Total(), Anonymous: all - identified, Sent: p.Sent,
		Uncertain: p.Uncertain,
	}
}
