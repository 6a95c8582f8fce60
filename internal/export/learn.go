package export

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/report"
)

// Learned is what the first reading found: who is who, and what the second reading may rely on.
type Learned struct {
	People  *people.Settled        // usable until Close
	Rows    int64                  // read, good and bad
	Bad     int64                  // rows that are not events, or can never be sent whoever their person is
	Repeats int64                  // rows that others stand for, in the export or sent by an earlier run
	Recent  int64                  // rows that could start a campaign, whoever their person is
	UUIDs   ledger.UUIDs           // of the rows that could be sent, whoever their person is
	Before  ledger.UUIDs           // of those that earlier runs have read
	Trouble []*posthog.SourceError // sources that are damaged, gone or refused
	Said    []*posthog.SourceError // what there is to know about sources that were read well
	Bytes   int64                  // on disk, of all sources
	Took    time.Duration          // all of the reading, even what was read again

	sendable    int64 // rows that could be sent, whoever their person is
	noUUID      int64 // of them, those that have none
	byCreatedAt int64 // rows that are timed by `created_at`, since their own time is in the future
	unread      unreadFields

	teams      teams
	skipped    skippedNames // rows that are noise, by event
	optOuts    optOuts
	index      *people.Index
	sentBefore bool // earlier runs have sent people
	types      *posthog.ColumnTypes
	misread    bool   // cells were written as what their columns are not
	columns    uint64 // posthog.Chunk.Columns of all chunks

	decided  decisions
	repeats  *repeats
	ends     []int64       // of each source, where the reading stopped
	held     []int64       // of each source, rows that are held because they are recent
	Lost     []LostHistory // what cannot be sent any more, once Due was asked
	prints   []fingerprint // of each source
	owings   *owings
	goneOwed []ledger.StillWaiting // of sources that are gone
	places   *places
	kept     kept
}

// Learn reads all sources once. It returns an error when the reading could not go on; trouble with single sources is in
// Learned.Trouble. A *ManyTeams is returned when rows are of more than one team and the plan picks none, an
// *UnknownColumns when they have none of a name that was given.
func Learn(ctx context.Context, plan *Plan) (*Learned, error) { return LearnObserved(ctx, plan, nil) }

// LearnObserved is Learn with an observer, which counts what is in the sources; nil is none. With an observer
// several teams are no error.
func LearnObserved(ctx context.Context, plan *Plan, observer Observer) (*Learned, error) {
	started := time.Now()
	learned, err := learn(ctx, plan, observer)
	if err == nil {
		learned.Took = time.Since(started)
	}
	return learned, err
}

// learn reads everything again, without the damaged rows, if damage was noticed only after rows of it were used.
// It also reads everything again if cells were taken for numbers before another one of their column turned out
// to be text: cells about people, and with an observer any cells.
func learn(ctx context.Context, plan *Plan, observer Observer) (*Learned, error) {
	read := plan.Read
	var err error
	if read.Types, err = plan.columnTypes(ctx); err != nil {
		return nil, err
	}
	for {
		learned, err := learnOnce(ctx, plan, read, observer)
		switch {
		case err != nil:
			return nil, err
		case learned.doubtful():
			read.Known = learned.damaged(read.Known)
			plan.progress().Say("a damaged file was noticed only after rows of it were used: reading again without them")
		case learned.misread:
			plan.progress().Say("a column about people turned out to hold text: reading again, to treat it as text in every row")
		default:
			return learned, nil
		}
		read.Types.Assume()
		if observer != nil {
			observer.Reset()
		}
	}
}

func learnOnce(ctx context.Context, plan *Plan, read posthog.Options, observer Observer) (*Learned, error) {
	options, err := plan.indexOptions(ctx)
	if err != nil {
		return nil, err
	}
	index := people.NewIndex(options)
	if err := learnPersons(ctx, plan, read.Types, index); err != nil {
		return nil, errors.Join(err, index.Close())
	}
	learned := &Learned{
		index: index, types: read.Types, decided: newDecisions(plan.Index.Dir), repeats: newRepeats(plan), places: newPlaces(plan.Sources),
		ends: make([]int64, len(plan.Sources)), held: make([]int64, len(plan.Sources)), prints: make([]fingerprint, len(plan.Sources)), kept: kept{most: cmp.Or(plan.kept, mostKept)},
	}
	if err := learned.from(ctx, plan, read, observer); err != nil {
		return nil, errors.Join(err, learned.Close())
	}
	if learned.doubtful() || learned.misread {
		return learned, learned.Close()
	}
	return learned, nil
}

// from reads the sources and settles the people.
func (l *Learned) from(ctx context.Context, plan *Plan, read posthog.Options, observer Observer) error {
	for _, s := range plan.Sources {
		l.Bytes += s.Size
	}
	if err := l.repeats.begin(ctx, plan); err != nil {
		return err
	}
	l.Before = l.repeats.uuids
	owings, err := newOwings(ctx, plan, l.repeats.from > 0)
	if err != nil {
		return err
	}
	l.owings, owings.sum = owings, l.index.SumOf
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
func (l *Learned) read(ctx context.Context, plan *Plan, read posthog.Options, observer Observer) error {
	index, progress := l.index, plan.progress()
	work := func(worker int, c *posthog.Chunk) lesson {
		var share Share
		if observer != nil {
			share = observer.Share()
		}
		return learnChunk(c, plan, l, l.repeats.keyed(worker, c), share)
	}
	for lesson, err := range orderedChunks(posthog.Read(ctx, plan.Sources, read), plan.workers(), work) {
		if warning, ok := posthog.AsWarning(err); ok {
			l.Said = append(l.Said, warning)
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
			l.kept.giveUp() // memory is short
		}
		l.add(lesson)
		if observer != nil {
			c := lesson.chunk
			observer.Add(ObservedChunk{c.Source, c.Shape, c.Codec, lesson.rows}, lesson.share)
		}
		progress.Advance(lesson.chunk.Bytes)
		progress.Note(report.Plural(l.Rows, "row", "rows"))
	}
	return nil
}

// settle works out who is who, with what earlier runs have learnt, and which rows come again.
func (l *Learned) settle(ctx context.Context, plan *Plan) error {
	found := make(chan error, 1)
	go func() { found <- l.repeats.find(ctx, plan) }() // beside the other, of which much is done on one core
	err := l.recall(ctx, plan)
	if err == nil {
		l.People, err = l.index.Settle(ctx, plan.Choice)
	}
	if err == nil {
		l.optOuts.settle(l.People)
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

// MayDouble counts the rows without a uuid, where others have one, also those of earlier runs: nothing tells whether such a row is
// an event that another one is too.
func (l *Learned) MayDouble() int64 {
	if !l.UUIDs.With && !l.Before.With {
		return 0
	}
	return l.noUUID
}

// Close gives back memory and what is on disk, when all has been sent.
func (l *Learned) Close() error {
	l.kept.giveUp()
	return errors.Join(l.index.Close(), l.decided.space.Close(), l.repeats.space.Close())
}

// lesson is what the first reading learnt from one chunk.
type lesson struct {
	chunk             *posthog.Chunk
	decided           decided
	teams             teams
	columns           uint64
	rows, bad, recent int64
	held              int64 // because they are recent
	keys              *keyed
	skipped           skippedNames
	optOuts           []optOut
	share             Share // nil without an observer

	byCreatedAt int64
	unread      unreadFields
}

// learnChunk reads a chunk, on one of the workers. share is nil without an observer.
func learnChunk(c *posthog.Chunk, plan *Plan, learned *Learned, keyed *keyed, share Share) lesson {
	l, index, owings := lesson{chunk: c, share: share}, learned.index, learned.owings
	for event, bad := range c.Events() {
		l.rows++
		if bad != nil {
			if keyed.turnedDown(keyOfText, bad.Row) {
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
			owings.observe(c.Source, event, other)
			l.decided.add(event.Ref-c.Ref, other)
			continue
		}
		l.unread.add(plan.Sources[c.Source].Name, event)
		o := keyed.add(event, plan.Rules.Classify(event))
		owings.observe(c.Source, event, o)
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

func (l *Learned) add(one lesson) {
	l.kept.add(one.chunk, one.decided.rows, l.Bytes)
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

// doubtful reports whether rows have been learnt from a source that turned out to be damaged before them.
func (l *Learned) doubtful() bool {
	return slices.ContainsFunc(l.Trouble, func(t *posthog.SourceError) bool { return t.Doubtful })
}

// damaged is posthog.Options.Known for the next reading: known, and what this one found.
func (l *Learned) damaged(known []*posthog.SourceError) []*posthog.SourceError {
	all := make([]*posthog.SourceError, len(l.places.sources))
	copy(all, known)
	for _, t := range l.Trouble {
		for i, source := range l.places.sources {
			if t.Kind == posthog.Damaged && t.Path == source.Name {
				all[i] = t
			}
		}
	}
	return all
}

// knows reports whether a source's trouble is one that the first reading had with it. Damage counts as known only where
// the source ended as far as the first reading came, which the reader sees to. A source that is gone is never known: the
// second reading does not go on to where a read failed in the first.
func (l *Learned) knows(trouble *posthog.SourceError) bool {
	if trouble.Kind == posthog.Gone {
		return false
	}
	same := func(known *posthog.SourceError) bool {
		return known.Path == trouble.Path && known.Kind == trouble.Kind
	}
	return slices.ContainsFunc(l.Trouble, same) || slices.ContainsFunc(l.Said, same)
}

func (p *Plan) workers() int {
	if p.Workers > 0 {
		return p.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func (p *Plan) progress() Progress {
	if p.Progress == nil {
		return silent{}
	}
	return p.Progress
}

// silent is a Progress that shows nothing.
type silent struct{}

func (silent) Phase(string, int64, Unit) {}
func (silent) Advance(int64)             {}
func (silent) Note(string)               {}
func (silent) Say(string)                {}
func (silent) Done()                     {}
