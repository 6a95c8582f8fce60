package parallel

import "iter"

// Groups yields the elements of in, in their order, in groups of the given size, which must be at least 1;
// the last group has what is left. Use it for Ordered if single elements are too little work for another
// core; its errors are always nil. Each group is a new slice, which the caller may keep.
func Groups[T any](in iter.Seq[T], size int) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		var group []T
		for element := range in {
			if group = append(group, element); len(group) == size {
				if !yield(group, nil) {
					return
				}
				group = nil
			}
		}
		if len(group) > 0 {
			yield(group, nil)
		}
	}
}
