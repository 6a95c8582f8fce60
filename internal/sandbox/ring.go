package sandbox

import "iter"

// ring keeps the newest of what is added, at most max.
type ring[T any] struct {
	max    int
	kept   []T
	oldest int // index into kept, once it is full
}

// add keeps v. When the ring is full the oldest gives way and is returned.
func (r *ring[T]) add(v T) (gone T, ok bool) {
	if len(r.kept) < r.max {
		r.kept = append(r.kept, v)
		return gone, false
	}
	gone, r.kept[r.oldest] = r.kept[r.oldest], v
	r.oldest = (r.oldest + 1) % r.max
	return gone, true
}

// all yields what is kept, the oldest first.
func (r *ring[T]) all() iter.Seq[T] {
	return func(yield func(T) bool) {
		for i := range r.kept {
			if !yield(r.kept[(r.oldest+i)%len(r.kept)]) {
				return
			}
		}
	}
}

// list returns what is kept, the oldest first.
func (r *ring[T]) list() []T {
	list := make([]T, 0, len(r.kept))
	for v := range r.all() {
		list = append(list, v)
	}
	return list
}
