package people

import (
	"context"
	"iter"
)

// runs yields the elements of a sorted slice that are the same, run after run.
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

// stopped is the cause of the context, if it is done. turn counts the turns of a loop; it looks at the
// context once in a few thousand of them.
func stopped(ctx context.Context, turn int) error {
	if turn%4096 != 0 || ctx.Err() == nil {
		return nil
	}
	return context.Cause(ctx)
}
