package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"ph2cio/internal/ledger"
	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
)

// FirstPass is what the first pass found: who is who, and what the second pass may rely on. It must be
// closed.
type FirstPass struct {
	People   *people.Directory      // usable until Close
	Rows     int64                  // read, good and bad
	Bad      int64                  // rows that are not events, or can never be sent whoever their person is
	Repeats  int64                  // rows that are duplicates of others, or that an earlier run has sent
	Recent   int64                  // rows that could start a campaign, whoever their person is
	LeftOut  map[string]int64       // rows that are skipped whoever their person is, by reason, but recent ones
	Person   int64                  // rows that only say something about a person, duplicates too
	UUIDs    ledger.UUIDs           // of the rows that could be sent, whoever their person is
	Before   ledger.UUIDs           // of the rows that earlier runs have read
	Trouble  []*posthog.SourceError // sources that are damaged, gone or refused
	Warnings []*posthog.SourceError // about sources that were read to their ends
	Lost     []LostHistory          // rows that waited and are nowhere any more; set by SendableNow
	Bytes    int64                  // on disk, of all sources
	Took     time.Duration          // for reading, also what was read again

	input       *Input
	rules       *Rules
	classifiers []*mapping.Classifier // of each worker

	sendable    int64 // rows that could be sent, whoever their person is
	noUUID      int64 // of them, those that have none
	byCreatedAt int64 // rows that are timed by `created_at`, since their own time is in the future
	unread      unreadFields
	times       timeSpan // of the rows that could be sent

	teams      teams
	skipped    skippedNames // rows that are noise, by event
	optOuts    optOuts
	index      *people.Index
	sentBefore bool // earlier runs have sent people
	types      *posthog.ColumnTypes
	misread    bool   // cells were read as another type than their column turned out to have
	columns    uint64 // posthog.Chunk.Columns of all chunks

	decided        decisions
	repeats        *repeats
	ends           []int64       // of each source, where the reading stopped
	prints         []fingerprint // of each source
	waitingSources *waitingSources
	places         *places
	tail           tail
	identifies     int64       // to be sent, as Left has counted them; -1 if nobody has asked
	fates          *fateTotals // nil without details
}

func newFirstPass(input *Input, rules *Rules, types *posthog.ColumnTypes, index *people.Index) *FirstPass {
	n := len(input.Sources)
	f := &FirstPass{
		input: input, rules: rules, types: types, index: index, Bytes: input.bytes(), LeftOut: map[string]int64{},
		decided: newDecisions(rules.Index.Dir), repeats: newRepeats(input, rules), places: newPlaces(input.Sources),
		ends: make([]int64, n), prints: make([]fingerprint, n),
		identifies: -1, tail: tail{most: cmp.Or(input.mostTail, mostTail)},
	}
	f.classifiers = f.newClassifiers()
	f.fates = newFateTotals(input.Details, rules.Mapping, f.decided.space)
	return f
}

// RuleUses returns what the rules of the mapping file do that do not look at the person, as far as it is known
// before anything is mapped.
func (f *FirstPass) RuleUses() []mapping.RuleUse { return f.rules.Mapping.EarlyRuleUses(f.classifiers) }

// UnmetFilters returns those test-accounts of the mapping file whose property nobody has. With Choice.Only
// filters are compared with few people, so that those of people are not among them.
func (f *FirstPass) UnmetFilters() []mapping.UnmetFilter {
	all := f.rules.Mapping.UnmetFilters(f.classifiers, f.People.PropertyNames())
	return slices.DeleteFunc(all, func(one mapping.UnmetFilter) bool { return one.Type == "person" && f.rules.Choice.Only })
}

// newClassifiers returns a classifier for each worker.
func (f *FirstPass) newClassifiers() []*mapping.Classifier {
	all := make([]*mapping.Classifier, f.input.workers())
	for i := range all {
		all[i] = f.rules.Mapping.NewClassifier()
	}
	return all
}

// Close releases memory, and removes what is on disk. Call it when everything is sent.
func (f *FirstPass) Close() error {
	f.tail.drop()
	return errors.Join(f.index.Close(), f.decided.space.Close(), f.repeats.space.Close())
}

// ReadBefore reports whether earlier runs have read rows.
func (f *FirstPass) ReadBefore() bool { return f.Before != (ledger.UUIDs{}) }

// AddTime adds the time of an earlier first pass, which this one replaces, to Took.
func (f *FirstPass) AddTime(took time.Duration) { f.Took += took }

// readAll reads all rows of the sources and decides about the people. It returns early, without an error, if
// everything is to be read again: then Trouble is doubtful, or misread is set.
func (f *FirstPass) readAll(ctx context.Context, r *reading) (err error) {
	if err := f.repeats.begin(ctx, &f.input.Earlier); err != nil {
		return err
	}
	f.Before = f.repeats.uuids
	if f.waitingSources, err = newWaitingSources(ctx, f.input, f.repeats.from > 0, f.rules.Now, f.index.SumOf); err != nil {
		return err
	}
	progress := f.input.progress()
	progress.Phase("reading", f.Bytes, Bytes)
	defer progress.Done()
	if err := f.readRows(ctx, r); err != nil || doubtful(f.Trouble) {
		return err
	}
	rest, warnings := personsBeside(f.input, f.Trouble)
	f.Trouble, f.Warnings = rest, append(f.Warnings, warnings...)
	if f.misread = f.types.Misread(r.observer != nil || f.rules.Mapping.DecidesByProperties()); f.misread {
		return nil
	}
	f.types.Fix()
	if err := f.teams.check(ctx, f.input); err != nil && r.observer == nil {
		return err
	}
	if err := checkColumns(f.input.Read.Columns, f.columns, f.Rows); err != nil {
		return err
	}
	progress.Note("working out who is who")
	if err := f.decide(ctx); err != nil {
		return err
	}
	progress.Advance(f.Bytes) // also what was left out at the ends of files
	progress.Note(report.Plural(f.Rows, "row", "rows"))
	return nil
}

// readRows observes all rows of the sources.
func (f *FirstPass) readRows(ctx context.Context, r *reading) error {
	progress := f.input.progress()
	observe := func(worker int, c *posthog.Chunk) observation {
		return observe(f, c, f.classifiers[worker], f.repeats.newChunkKeys(worker, c), r.share())
	}
	options := f.input.Read
	options.Types, options.Known = r.types, r.damage
	for seen, err := range orderedChunks(posthog.Read(ctx, f.input.Sources, options), f.input.workers(), observe) {
		if warning, ok := posthog.AsWarning(err); ok {
			f.Warnings = append(f.Warnings, warning)
			continue
		}
		if trouble, ok := errors.AsType[*posthog.SourceError](err); ok {
			f.Trouble = append(f.Trouble, trouble)
			continue
		}
		if err != nil {
			return fmt.Errorf("first reading: %w", err)
		}
		if err := cmp.Or(f.index.Err(), f.decided.space.Err(), f.repeats.space.Err()); err != nil {
			return fmt.Errorf("first reading: %w", err)
		}
		if f.index.Overflowed() {
			f.tail.drop() // memory is short
		}
		f.add(&seen)
		if r.observer != nil {
			c := seen.chunk
			r.observer.Add(ObservedChunk{c.Source, c.Shape, c.Codec, seen.rows}, seen.share)
		}
		progress.Advance(seen.chunk.Bytes)
		progress.Note(report.Plural(f.Rows, "row", "rows"))
	}
	return nil
}

// add adds what was seen in the next chunk, in reading order.
func (f *FirstPass) add(seen *observation) {
	source := seen.chunk.Source
	f.tail.add(seen.chunk, seen.decided.rows, f.Bytes)
	f.places.add(seen.chunk)
	f.types.Add(seen.chunk.FoundCells())
	f.decided.add(&seen.decided)
	for _, s := range seen.decided.skipped {
		f.LeftOut[s.reason] += s.rows
	}
	f.fates.addFirst(seen.fates, f.places)
	f.repeats.add(seen.keys.versions)
	f.UUIDs = ledger.UUIDs{With: f.UUIDs.With || seen.keys.withUUID > 0, Without: f.UUIDs.Without || seen.keys.withoutUUID > 0}
	f.noUUID += seen.keys.withoutUUID
	f.sendable += seen.keys.withUUID + seen.keys.withoutUUID
	f.ends[source] = seen.chunk.End
	f.prints[source].add(seen.decided.sum, seen.rows)
	f.teams.merge(seen.teams)
	f.skipped.merge(&seen.skipped)
	f.optOuts.add(seen.optOuts)
	f.columns |= seen.columns
	f.Rows += seen.rows
	f.Bad += seen.bad
	f.Recent += seen.recent
	f.Person += seen.person
	f.byCreatedAt += seen.byCreatedAt
	f.unread.merge(&seen.unread)
	f.times.take(seen.times)
}

// decide works out who is who, with the state of earlier runs, and which rows come again.
func (f *FirstPass) decide(ctx context.Context) error {
	found := make(chan error, 1)
	go func() { found <- f.repeats.find(ctx, &f.input.Earlier) }() // beside the other, of which much is done on one core
	var err error
	if f.sentBefore, err = restore(ctx, &f.input.Earlier, f.index); err == nil {
		f.People, err = f.index.Decide(ctx, f.rules.Choice)
	}
	if err == nil {
		f.optOuts.resolve(f.People)
	}
	if err != nil {
		err = fmt.Errorf("working out who is who: %w", err)
	}
	if repeats := <-found; repeats != nil {
		err = errors.Join(err, fmt.Errorf("finding duplicates and rows already sent: %w", repeats))
	}
	f.Repeats = f.repeats.duplicate.Count() + f.repeats.earlier.Count() + f.repeats.late.Count()
	f.Bad -= f.repeats.spared.bad
	return err
}

// reread yields the chunks a second time: from the sources, up to where the first pass came, and from memory.
func (f *FirstPass) reread(ctx context.Context) iter.Seq2[*posthog.Chunk, error] {
	options := f.input.Read
	options.Types, options.Until = f.types, f.tail.until(f.ends)
	return func(yield func(*posthog.Chunk, error) bool) {
		for chunk, err := range posthog.Read(ctx, f.input.Sources, options) {
			if !yield(chunk, err) {
				return
			}
		}
		for _, chunk := range f.tail.chunks {
			if ctx.Err() != nil {
				yield(nil, context.Cause(ctx))
				return
			}
			if !yield(chunk, nil) {
				return
			}
		}
	}
}

// ReadAgain returns the sources that Send opens, perhaps not to read all of them. The others are in memory.
func (f *FirstPass) ReadAgain() (again []source.Source) {
	for i, until := range f.tail.until(f.ends) {
		if until > 0 {
			again = append(again, f.input.Sources[i])
		}
	}
	return again
}

// expected reports whether the first pass had the same trouble with a source as the second one has.
func (f *FirstPass) expected(trouble *posthog.SourceError) bool {
	return hadTrouble(f.Trouble, trouble) || hadTrouble(f.Warnings, trouble)
}

// mayFindMore reports whether rows may be in files that were not read, or not to their ends: those with
// trouble, and those of exports of which files are missing.
func (f *FirstPass) mayFindMore() bool { return len(f.Trouble)+len(f.input.Incomplete) > 0 }

// troubled reports whether a source was not read to its end.
func (f *FirstPass) troubled(source int) bool {
	name := f.input.Sources[source].Name
	return slices.ContainsFunc(f.Trouble, func(t *posthog.SourceError) bool { return t.Path == name })
}

// NewMapper returns a mapper of all who are sent. It belongs to one goroutine.
func (f *FirstPass) NewMapper() *mapping.Mapper {
	m := f.rules.Mapping.NewMapper(f.People)
	if o := &f.optOuts; len(o.people)+len(o.addresses) > 0 {
		m.Unsubscribed = func(p *people.Person, email []byte) bool {
			return o.people[p.Number] || len(email) > 0 && o.addresses[f.People.SumOf(people.FoldEmail(nil, email))]
		}
	}
	return m
}

// newMappers returns a mapper for each worker.
func (f *FirstPass) newMappers() []*mapping.Mapper {
	mappers := make([]*mapping.Mapper, f.input.workers())
	for i := range mappers {
		mappers[i] = f.NewMapper()
	}
	return mappers
}
