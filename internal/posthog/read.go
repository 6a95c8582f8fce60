package posthog

import (
	"context"
	"iter"

	"ph2cio/internal/source"
)

// Read yields the chunks of all sources in order. A *SourceError is yielded where it occurs, and reading
// continues. Any other error, such as the cause of a cancelled context or one that wraps
// source.ErrUnavailable, is the last thing yielded.
//
// Goroutines of Read open, read, decompress and cut the files, a few chunks ahead of the caller. They have
// ended when the loop over the chunks ends. The chunks belong to the caller, who should Release each.
func Read(ctx context.Context, sources []source.Source, options Options) iter.Seq2[*Chunk, error] {
	return func(yield func(*Chunk, error) bool) {
		r := newReading(ctx, sources, options, yield)
		defer r.stop()
		r.cutAll()
		if !r.out.stopped && ctx.Err() != nil {
			yield(nil, context.Cause(ctx))
		}
	}
}

// ReadPersons yields the rows of persons exports in order: batch exports of the persons model, the web
// interface's CSV of persons, the persons list as JSON, and dumps of ClickHouse's tables person_distinct_id2
// and person, compressed or not. It yields a *RowError for a bad row and a *SourceError for a bad file, and
// continues after both. Any other error, such as the cause of a cancelled context, is the last thing yielded.
func ReadPersons(ctx context.Context, sources []source.Source, options Options) iter.Seq2[*PersonRow, error] {
	options.persons = true
	return func(yield func(*PersonRow, error) bool) {
		more := true
		take := func(d *decoder, bad *RowError) bool {
			if bad != nil {
				more = yield(nil, bad)
			} else {
				more = yield(&d.person, nil)
			}
			return more
		}
		for chunk, err := range Read(ctx, sources, options) {
			if err != nil {
				if !yield(nil, err) {
					return
				}
				continue
			}
			if chunk.rows(take); !more {
				return
			}
			if options.Types != nil {
				options.Types.Add(chunk.FoundCells())
			}
			chunk.Release()
		}
	}
}
