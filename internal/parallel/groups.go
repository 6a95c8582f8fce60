package parallel

import "iter"

// Groups yields the elements of in, so many at a time.
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
