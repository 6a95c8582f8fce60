package spool

import (
	"context"
	"iter"
)

// looksEvery is after how many elements Until looks at its context: often enough for somebody who waits, and
// too rarely to cost anything.
const looksEvery = 4096

// Until yields what in yields until ctx is done; the cause is then the error that is yielded last.
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
