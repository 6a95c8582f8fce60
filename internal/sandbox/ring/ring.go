// Package ring keeps the newest of many values.
package ring

import "iter"

// Ring keeps the newest of what is added, at most Max, which must not be zero.
type Ring[T any] struct {
	Max    int
	kept   []T
	oldest int // index into kept, once it is full
}

// Add keeps v. When the ring is full the oldest gives way and is returned.
func (r *Ring[T]) Add(v T) (gone T, ok bool) {
	if len(r.kept) < r.Max {
		r.kept = append(r.kept, v)
		return gone, false
	}
	gone, r.kept[r.oldest] = r.kept[r.oldest], v
	r.oldest = (r.oldest + 1) % r.Max
	return gone, true
}

// All yields what is kept, the oldest first.
func (r *Ring[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for i := range r.kept {
			if !yield(r.kept[(r.oldest+i)%len(r.kept)]) {
				return
			}
		}
	}
}

// List returns what is kept, the oldest first.
func (r *Ring[T]) List() []T {
	list := make([]T, 0, len(r.kept))
	for v := range r.All() {
		list = append(list, v)
	}
	return list
}
