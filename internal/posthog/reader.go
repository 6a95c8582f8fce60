package posthog

import (
	"context"
	"iter"

	"ph2cio/internal/source"
)

// Read yields the chunks of all sources in order. A *SourceError is yielded in its place and reading goes on; any
// other error, the cause of a cancelled context among them, is the last thing yielded.
//
// Files are opened, read, decompressed and cut into rows by goroutines of Read's own, a few chunks ahead of the caller.
// They have ended when the loop over the chunks has. The chunks belong to the caller, who should Release each.
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
