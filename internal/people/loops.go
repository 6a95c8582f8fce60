package people

import (
	"context"
	"iter"
)

// runs yields the runs of a sorted slice: the elements that follow each other and are the same.
func runs[T any](all []T, same func(a, b *T) bool) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for len(all) > 0 {
			n := 1
			for n < len(all) && same(&all[0], &all[n]) {
				n++
			}
			if !yield(all[:n]) {
				return
			}
			all = all[n:]
		}
	}
}

// stopped returns the cause of the context if that is done, else nil. turn counts the turns of a loop; the
// context is looked at once in 4096 turns.
func stopped(ctx context.Context, turn int) error {
	if turn%4096 != 0 || ctx.Err() == nil {
		return nil
	}
	return context.Cause(ctx)
}
