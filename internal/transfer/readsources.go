package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/report"
)

// RunFirstPass reads all sources once. It returns an error when the reading could not go on; trouble with single sources is in
// FirstPass.Trouble. A *ManyTeams is returned when rows are of more than one team and the plan picks none, an
// *UnknownColumns when they have none of a name that was given.
func RunFirstPass(ctx context.Context, plan *Plan) (*FirstPass, error) {
	return ObserveFirstPass(ctx, plan, nil)
}

// ObserveFirstPass is Learn with an observer, which counts what is in the sources; nil is none. With an observer
// several teams are no error.
func ObserveFirstPass(ctx context.Context, plan *Plan, observer Observer) (*FirstPass, error) {
	started := time.Now()
	first, err := readAll(ctx, plan, observer)
	if err == nil {
		first.Took = time.Since(started)
	}
	return first, err
}

// readAll reads everything again, without the damaged rows, if damage was noticed only after rows of it were used.
// It also reads everything again if cells were taken for numbers before another one of their column turned out
// to be text: cells about people, and with an observer any cells.
func readAll(ctx context.Context, plan *Plan, observer Observer) (*FirstPass, error) {
	read := plan.Read
	var err error
	if read.Types, err = plan.columnTypes(ctx); err != nil {
		return nil, err
	}
	for {
		first, err := readOnce(ctx, plan, read, observer)
		switch {
		case err != nil:
			return nil, err
		case first.doubtful():
			read.Known = first.damaged(read.Known)
			plan.progress().Say("a damaged file was noticed only after rows of it were used: reading again without them")
		case first.misread:
			plan.progress().Say("a column about people turned out to hold text: reading again, to treat it as text in every row")
		default:
			return first, nil
		}
		read.Types.Assume()
		if observer != nil {
			observer.Reset()
		}
	}
}

func readOnce(ctx context.Context, plan *Plan, read posthog.Options, observer Observer) (*FirstPass, error) {
	options, err := plan.indexOptions(ctx)
	if err != nil {
		return nil, err
	}
	index := people.NewIndex(options)
	if err := readPersons(ctx, plan, read.Types, index); err != nil {
		return nil, errors.Join(err, index.Close())
	}
	first := &FirstPass{
		index: index, types: read.Types, decided: newDecisions(plan.Index.Dir), repeats: newRepeats(plan), places: newPlaces(plan.Sources),
		ends: make([]int64, len(plan.Sources)), held: make([]int64, len(plan.Sources)), prints: make([]fingerprint, len(plan.Sources)), tail: tail{most: cmp.Or(plan.mostTail, mostTail)},
	}
	if err := first.from(ctx, plan, read, observer); err != nil {
		return nil, errors.Join(err, first.Close())
	}
	if first.doubtful() || first.misread {
		return first, first.Close()
	}
	return first, nil
}

// from reads the sources and settles the people.
func (l *FirstPass) from(ctx context.Context, plan *Plan, read posthog.Options, observer Observer) error {
	for _, s := range plan.Sources {
		l.Bytes += s.Size
	}
	if err := l.repeats.begin(ctx, plan); err != nil {
		return err
	}
	l.Before = l.repeats.uuids
	waitingSources, err := newWaitingSources(ctx, plan, l.repeats.from > 0)
	if err != nil {
		return err
	}
	l.waitingSources, waitingSources.sum = waitingSources, l.index.SumOf
	progress := plan.progress()
	progress.Phase("reading", l.Bytes, Bytes)
	defer progress.Done()
	if err := l.read(ctx, plan, read, observer); err != nil || l.doubtful() {
		return err
	}
	l.setPersonsAside(plan)
	if l.misread = l.types.Misread(observer != nil); l.misread {
		return nil
	}
	l.types.Fix()
	if err := l.teams.check(ctx, plan); err != nil && observer == nil {
		return err
	}
	if err := checkColumns(read.Columns, l.columns, l.Rows); err != nil {
		return err
	}
	progress.Note("working out who is who")
	if err := l.settle(ctx, plan); err != nil {
		return err
	}
	progress.Advance(l.Bytes) // also what was left out at the ends of files
	progress.Note(report.Plural(l.Rows, "row", "rows"))
	return nil
}

// read learns from all rows of the sources.
func (l *FirstPass) read(ctx context.Context, plan *Plan, read posthog.Options, observer Observer) error {
	index, progress := l.index, plan.progress()
	work := func(worker int, c *posthog.Chunk) observation {
		var share Share
		if observer != nil {
			share = observer.Share()
		}
		return readChunk(c, plan, l, l.repeats.newChunkKeys(worker, c), share)
	}
	for result, err := range orderedChunks(posthog.Read(ctx, plan.Sources, read), plan.workers(), work) {
		if warning, ok := posthog.AsWarning(err); ok {
			l.Warnings = append(l.Warnings, warning)
			continue
		}
		if trouble, ok := errors.AsType[*posthog.SourceError](err); ok {
			l.Trouble = append(l.Trouble, trouble)
			continue
		}
		if err != nil {
			return fmt.Errorf("first reading: %w", err)
		}
		if err := cmp.Or(index.Err(), l.decided.space.Err(), l.repeats.space.Err()); err != nil {
			return fmt.Errorf("first reading: %w", err)
		}
		if index.Overflowed() {
			l.tail.giveUp() // memory is short
		}
		l.add(result)
		if observer != nil {
			c := result.chunk
			observer.Add(ObservedChunk{c.Source, c.Shape, c.Codec, result.rows}, result.share)
		}
		progress.Advance(result.chunk.Bytes)
		progress.Note(report.Plural(l.Rows, "row", "rows"))
	}
	return nil
}

// settle works out who is who, with what earlier runs have learnt, and which rows come again.
func (l *FirstPass) settle(ctx context.Context, plan *Plan) error {
	found := make(chan error, 1)
	go func() { found <- l.repeats.find(ctx, plan) }() // beside the other, of which much is done on one core
	err := l.restore(ctx, plan)
	if err == nil {
		l.People, err = l.index.Decide(ctx, plan.Choice)
	}
	if err == nil {
		l.optOuts.resolve(l.People)
	}
	if err != nil {
		err = fmt.Errorf("working out who is who: %w", err)
	}
	if repeats := <-found; repeats != nil {
		err = errors.Join(err, fmt.Errorf("finding duplicates and rows already sent: %w", repeats))
	}
	l.Repeats = l.repeats.duplicate.Count() + l.repeats.earlier.Count() + l.repeats.late.Count()
	return err
}

// observation is what the first pass learnt from one chunk.
type observation struct {
	chunk             *posthog.Chunk
	decided           decided
	teams             teams
	columns           uint64
	rows, bad, recent int64
	held              int64 // because they are recent
	keys              *chunkKeys
	skipped           skippedNames
	optOuts           []optOut
	share             Share // nil without an observer

	byCreatedAt int64
	unread      unreadFields
}

// readChunk reads a chunk, on one of the workers. share is nil without an observer.
func readChunk(c *posthog.Chunk, plan *Plan, first *FirstPass, keyed *chunkKeys, share Share) observation {
	l, index, waitingSources := observation{chunk: c, share: share}, first.index, first.waitingSources
	for event, bad := range c.Events() {
		l.rows++
		if bad != nil {
			if keyed.wasRejected(keyOfText, bad.Row) {
				l.decided.add(bad.Ref-c.Ref, rejectedBefore)
				continue
			}
			l.bad++
			if share != nil {
				share.Bad()
			}
			continue
		}
		l.teams.add(event.TeamID)
		if plan.otherTeam(event) {
			other := mapping.Outcome{Bucket: mapping.Skipped, Reason: ReasonOtherTeam}
			waitingSources.observe(c.Source, event, other)
			l.decided.add(event.Ref-c.Ref, other)
			continue
		}
		l.unread.add(plan.Sources[c.Source].Name, event)
		o := keyed.add(event, plan.Rules.Classify(event))
		waitingSources.observe(c.Source, event, o)
		switch {
		case o.Bucket == mapping.Rejected:
			l.bad++
		case o.Reason == mapping.ReasonNoise:
			l.skipped.add(event.Name, 1)
		}
		if o.Reason == mapping.ReasonRecent {
			l.held++
		}
		if o.Recent {
			l.recent++
		}
		if o.ByCreatedAt {
			l.byCreatedAt++
		}
		l.decided.add(event.Ref-c.Ref, o)
		if o.Bucket == mapping.Rejected || o == rejectedBefore {
			index.ObserveRejected(event)
		} else {
			index.Observe(event, o.Bucket == mapping.Send)
		}
		if string(event.Name) == posthog.Unsubscribed {
			l.optOuts = append(l.optOuts, optOutOf(event, index.SumOf))
		}
		if share != nil {
			share.Event(event)
		}
	}
	l.decided.sum, l.columns, l.keys = c.Sum(), c.Columns(), keyed
	if !c.WorthPacking() {
		c.Release() // the others are added to kept, in order
	}
	return l
}

func (l *FirstPass) add(one observation) {
	l.tail.add(one.chunk, one.decided.rows, l.Bytes)
	l.places.add(one.chunk)
	l.types.Add(one.chunk.FoundCells())
	l.decided.add(&one.decided)
	l.repeats.add(one.keys.versions)
	l.UUIDs.With = l.UUIDs.With || one.keys.withUUID > 0
	l.UUIDs.Without = l.UUIDs.Without || one.keys.withoutUUID > 0
	l.noUUID += one.keys.withoutUUID
	l.sendable += one.keys.withUUID + one.keys.withoutUUID
	l.ends[one.chunk.Source] = one.chunk.End
	l.held[one.chunk.Source] += one.held
	l.prints[one.chunk.Source].add(one.decided.sum, one.rows)
	l.teams.merge(one.teams)
	l.skipped.merge(&one.skipped)
	l.optOuts.add(one.optOuts)
	l.columns |= one.columns
	l.Rows += one.rows
	l.Bad += one.bad
	l.Recent += one.recent
	l.byCreatedAt += one.byCreatedAt
	l.unread.merge(&one.unread)
}
