package spool

import (
	"context"
	"iter"
)

// looksEvery is after how many elements Until checks its context: often enough for a user who waits, and
// rarely enough to cost nothing.
const looksEvery = 4096

// Until yields the elements of in until ctx is done. Then the last error is the cause of ctx.
func Until[T any](ctx context.Context, in iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		n := 0
		for element, err := range in {
			if n++; n%looksEvery == 0 && ctx.Err() != nil {
				var none T
				yield(none, context.Cause(ctx))
				return
			}
			if !yield(element, err) {
				return
			}
		}
	}
}
