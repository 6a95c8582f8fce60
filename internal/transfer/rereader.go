package transfer

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// Rereader reads the sources a second time, row by row, for a command that shows what becomes of single rows.
// It belongs to one goroutine.
type Rereader struct {
	first   *FirstPass
	rules   *mapping.Classifier
	keys    *chunkKeys      // of the chunk that is being read
	outcome mapping.Outcome // of the row, by the rules alone
}

// RereadRow is a row of the second pass, valid until the next one is asked for.
type RereadRow struct {
	File  string         // the name of its source
	Event *posthog.Event // with what rules of the mapping file set of its person
}

// NewRereader returns a reader of the sources of the first pass.
func (f *FirstPass) NewRereader() *Rereader {
	return &Rereader{first: f, rules: f.rules.Mapping.NewClassifier()}
}

// Rows yields the rows in reading order, without those that are no events and those of other teams. It may be
// called once. An error is the last thing yielded: a source that is not as the first pass found it, trouble
// with the disk, or the cause of ctx.
func (r *Rereader) Rows(ctx context.Context) iter.Seq2[RereadRow, error] {
	return func(yield func(RereadRow, error) bool) {
		for chunk, err := range r.first.reread(ctx) {
			if trouble, ok := errors.AsType[*posthog.SourceError](err); ok {
				if r.first.expected(trouble) {
					continue
				}
				yield(RereadRow{}, trouble)
				return
			}
			if err != nil {
				yield(RereadRow{}, fmt.Errorf("second reading: %w", err))
				return
			}
			if !r.rowsOf(chunk, yield) {
				return
			}
		}
	}
}

// rowsOf yields the rows of one chunk, and reports whether more are wanted.
func (r *Rereader) rowsOf(chunk *posthog.Chunk, yield func(RereadRow, error) bool) bool {
	defer chunk.Release()
	file := r.first.input.Sources[chunk.Source].Name
	r.keys = r.first.repeats.newChunkKeys(0, chunk)
	for event, bad := range chunk.Events() {
		if bad != nil || r.first.input.otherTeam(event) {
			continue
		}
		r.outcome = r.rules.Classify(event)
		event.Added, event.AddedOnce = r.rules.PersonChanges()
		if !yield(RereadRow{file, event}, nil) {
			return false
		}
	}
	return true
}

// Repeat returns whether another row, or an earlier run, stands for the row that was just yielded.
func (r *Rereader) Repeat(e *posthog.Event) Repeat { return r.first.repeats.of(e.Ref) }

// Acted returns the rules of the mapping file that match the row that was just yielded and whose conditions are
// true, by their index in its list, without those that look at the person.
func (r *Rereader) Acted() []int { return r.rules.Acted() }

// Classify returns what becomes of the row that was just yielded, whoever its person is, if it is no repeat.
// A row is skipped if an earlier run has rejected it, or if it is of a day for which the state no longer has
// what was sent.
func (r *Rereader) Classify(e *posthog.Event) mapping.Outcome {
	return r.keys.add(e, r.outcome)
}
