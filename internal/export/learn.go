package export

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"ph2cio/internal/mapping"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// Learned is what the first reading found: who is who, and what the second reading may rely on.
type Learned struct {
	People  *people.Settled
	Rows    int64                  // read, good and bad
	Bad     int64                  // rows that are not events, or can never be sent whoever their person is
	Recent  int64                  // rows that could start a campaign, whoever their person is
	Trouble []*posthog.SourceError // sources that are damaged, gone or refused
	Bytes   int64                  // on disk, of all sources

	sums    []uint64 // posthog.Chunk.Sum of each chunk
	decided decisions
	ends    []int64 // of each source, where the reading stopped
	places  *places
}

// Learn reads all sources once. It returns an error when the reading could not go on; trouble with single sources is in
// Learned.Trouble.
func Learn(ctx context.Context, plan *Plan) (*Learned, error) {
	index := people.NewIndex(plan.Index)
	learned := &Learned{places: newPlaces(plan.Sources), ends: make([]int64, len(plan.Sources))}
	for _, s := range plan.Sources {
		learned.Bytes += s.Size
	}
	progress := plan.progress()
	progress.Phase("reading", learned.Bytes, Bytes)
	defer progress.Done()

	thrift := newThrift()
	work := func(_ int, c *posthog.Chunk) lesson { return learnChunk(c, plan.Rules, index) }
	for lesson, err := range ordered(posthog.Read(ctx, plan.Sources, posthog.Options{}), plan.workers(), work) {
		if trouble, ok := errors.AsType[*posthog.SourceError](err); ok {
			learned.Trouble = append(learned.Trouble, trouble)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("first reading: %w", err)
		}
		learned.add(lesson)
		thrift.look()
		progress.Advance(lesson.chunk.Bytes)
		progress.Note(fmt.Sprintf("%s rows", Count(learned.Rows)))
	}
	learned.People = index.Settle(plan.Choice)
	return learned, nil
}

// lesson is what the first reading learnt from one chunk.
type lesson struct {
	chunk             *posthog.Chunk
	sum               uint64
	decided           decided
	rows, bad, recent int64
}

func learnChunk(c *posthog.Chunk, rules *mapping.Rules, index *people.Index) lesson {
	l := lesson{chunk: c}
	for event, bad := range c.Events() {
		l.rows++
		if bad != nil {
			l.bad++
			continue
		}
		o := rules.Classify(event)
		if o.Bucket == mapping.Rejected {
			l.bad++
		}
		if o.Recent {
			l.recent++
		}
		l.decided.add(event.Ref-c.Ref, o)
		index.Observe(event, o.Bucket == mapping.Send)
	}
	l.sum = c.Sum()
	c.Release()
	return l
}

func (l *Learned) add(one lesson) {
	l.places.add(one.chunk)
	l.sums = append(l.sums, one.sum)
	l.decided.add(&one.decided)
	l.ends[one.chunk.Source] = one.chunk.End
	l.Rows += one.rows
	l.Bad += one.bad
	l.Recent += one.recent
}

// knows reports whether a source's trouble is one that the first reading had with it. Damage counts as known only where
// the source ended as far as the first reading came, which the reader sees to.
func (l *Learned) knows(trouble *posthog.SourceError) bool {
	return slices.ContainsFunc(l.Trouble, func(known *posthog.SourceError) bool {
		return known.Path == trouble.Path && known.Kind == trouble.Kind
	})
}

// again is how the second reading reads: up to where the first came.
func (l *Learned) again() posthog.Options { return posthog.Options{Until: l.ends} }

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
