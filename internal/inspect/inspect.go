package inspect

import (
	"context"
	"errors"
	"time"

	"ph2cio/internal/people"
	"ph2cio/internal/transfer"
)

// Run reads all sources twice, as a preview does, and returns what is in them. It lists the missing files
// behind the sources. It sends nothing. It returns an error if it could not read on, or if ctx was cancelled;
// what is wrong with single sources is in Result.Files.
func Run(ctx context.Context, input transfer.Input, rules transfer.Rules, missing []File) (in *Result, err error) {
	started := time.Now()
	counted := newProfile(rules.Mapping, len(input.Sources))
	first, err := transfer.ObserveFirstPass(ctx, input, rules, counted)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, first.Close()) }()
	persons, err := countPersons(first.People, first.Workers())
	if err != nil {
		return nil, err
	}
	rejects := &firstRejects{}
	summary, err := transfer.Send(ctx, first, transfer.DryRun(rejects))
	if err != nil {
		return nil, err
	}
	files := fileResults(input.Sources, counted.files, first)
	parquet, err := describeParquet(ctx, input, files)
	if err != nil {
		return nil, err
	}
	counts := first.Counts()
	return &Result{
		Files:               append(files, missing...),
		Teams:               append([]int64{}, first.TeamsFound()...),
		Rows:                summary.Rows,
		Times:               counted.times.result(),
		People:              peopleResult(counts, &summary.People),
		Events:              counted.names.eventResults(rules.Mapping.Renamed),
		EventProperties:     counted.names.propertyResults(rules.Mapping.EventProperty),
		PersonProperties:    persons.results(int64(counts.Sent), rules.Mapping.PersonProperty),
		Columns:             columnResults(first.Columns()),
		ParquetColumns:      parquet,
		Beyond:              Beyond{counted.names.otherEvents.rows, counted.names.otherProperties.rows, persons.others.rows},
		ValuesCut:           summary.ValuesCut,
		SkippedEvents:       summary.SkippedEvents,
		SkippedEventsBeyond: summary.SkippedEventsBeyond,
		AttributeSummary:    summary.AttributeSummary,
		Rules:               summary.Rules,
		UnmetFilters:        summary.UnmetFilters,
		TimedByCreatedAt:    summary.TimedByCreatedAt,
		UnreadFields:        summary.UnreadFields,
		MayDouble:           summary.MayDouble,
		Rejects:             append([]Reject{}, rejects.list...),
		Incomplete:          input.Incomplete,
		Details:             summary.Details,
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
