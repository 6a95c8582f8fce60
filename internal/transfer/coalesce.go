package transfer

import (
	"iter"

	"ph2cio/internal/parallel"
	"ph2cio/internal/posthog"
)

// A worker takes several chunks of small files at a time. Handing over each alone would take longer than its
// rows.
const (
	coalescedBytes  = 256 << 10 // bytes of rows
	coalescedChunks = 64        // chunks
)

// coalesce yields the chunks of in, in order, in groups that are worth handing to a worker. It yields an
// error of in between two groups.
func coalesce(in iter.Seq2[*posthog.Chunk, error]) iter.Seq2[[]*posthog.Chunk, error] {
	return func(yield func([]*posthog.Chunk, error) bool) {
		var group []*posthog.Chunk
		size := 0
		flush := func() bool {
			full := group
			group, size = nil, 0
			return len(full) == 0 || yield(full, nil)
		}
		for chunk, err := range in {
			if err != nil {
				if !flush() || !yield(nil, err) {
					return
				}
				continue
			}
			group = append(group, chunk)
			size += chunk.Size()
			if (size >= coalescedBytes || len(group) == coalescedChunks) && !flush() {
				return
			}
		}
		flush()
	}
}

// orderedChunks is parallel.Ordered for chunks. A worker takes several chunks at a time.
func orderedChunks[R any](in iter.Seq2[*posthog.Chunk, error], workers int, work func(worker int, chunk *posthog.Chunk) R) iter.Seq2[R, error] {
	each := func(worker int, group []*posthog.Chunk) []R {
		results := make([]R, len(group))
		for i, chunk := range group {
			results[i] = work(worker, chunk)
		}
		return results
	}
	return func(yield func(R, error) bool) {
		for results, err := range parallel.Ordered(coalesce(in), workers, each) {
			var none R
			if err != nil && !yield(none, err) {
				return
			}
			for _, result := range results {
				if !yield(result, nil) {
					return
				}
			}
		}
	}
}
