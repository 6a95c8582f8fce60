package spool

import (
	"cmp"
	"container/heap"
	"iter"
	"slices"
)

// Sorter sorts any number of elements in bounded memory: it writes sorted runs to a space and merges them at
// the end. Set Compare, Append and Read before the first Add. It may be used by one goroutine at a time.
type Sorter[T any] struct {
	Space   *Space
	Most    int                                 // elements in memory at once
	Compare func(a, b *T) int                   // equal elements keep their order
	Append  func(dst []byte, element *T) []byte // writes an element
	Read    func(entry []byte) T                // reads it back; it may not keep entry

	pages [][]T    // the elements in memory; pages never move
	order []uint32 // their numbers, from 0, as they were added and then as they are sorted
	runs  []*Log
	text  []byte
}

// Add adds an element.
func (s *Sorter[T]) Add(element T) {
	if len(s.order) >= s.Most {
		s.run()
	}
	number := uint32(len(s.order))
	if int(number/inPage) == len(s.pages) {
		s.pages = append(s.pages, make([]T, inPage))
	}
	s.order = append(s.order, number)
	*s.at(number) = element
}

// inPage is the number of elements in a page of a Sorter.
const inPage = 256

func (s *Sorter[T]) at(number uint32) *T { return &s.pages[number/inPage][number%inPage] }

// sort sorts the elements in memory by moving their numbers, because elements may be large.
func (s *Sorter[T]) sort() {
	slices.SortFunc(s.order, func(a, b uint32) int { return cmp.Or(s.Compare(s.at(a), s.at(b)), cmp.Compare(a, b)) })
}

// run writes the elements in memory as a sorted run.
func (s *Sorter[T]) run() {
	s.sort()
	run := s.Space.NewLog()
	for _, i := range s.order {
		s.text = s.Append(s.text[:0], s.at(i))
		run.Append(s.text)
	}
	s.runs = append(s.runs, run)
	s.order = s.order[:0]
}

// Sorted yields all elements in order and empties the sorter, so that more may be added. An error is the last
// thing yielded.
func (s *Sorter[T]) Sorted() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		defer func() { s.order, s.runs = s.order[:0], nil }()
		if len(s.runs) == 0 {
			s.sort()
			for _, i := range s.order {
				if !yield(*s.at(i), nil) {
					return
				}
			}
			return
		}
		s.run()
		s.pages, s.order = nil, nil // not needed for reading the runs
		s.merge(yield)
	}
}

// merge yields the elements of all runs.
func (s *Sorter[T]) merge(yield func(T, error) bool) {
	m := &merging[T]{compare: s.Compare}
	defer func() {
		m.stop()
		for _, run := range s.runs {
			run.Drop()
		}
	}()
	for i, run := range s.runs {
		next, stop := iter.Pull2(run.All())
		m.add(&source[T]{number: i, stop: stop, next: func() (element T, ok bool, err error) {
			entry, err, ok := next()
			if err == nil && ok {
				element = s.Read(entry)
			}
			return element, ok, err
		}})
	}
	for m.err == nil && len(m.sources) > 0 {
		if !yield(m.sources[0].first, nil) {
			return
		}
		m.step()
	}
	if m.err != nil {
		var none T
		yield(none, m.err)
	}
}

// source is a run that is being merged, with its first element that has not been yielded.
type source[T any] struct {
	number int
	first  T
	next   func() (element T, ok bool, err error)
	stop   func()
}

// merging is a heap of sources.
type merging[T any] struct {
	compare func(a, b *T) int
	sources []*source[T]
	err     error
}

func (m *merging[T]) add(s *source[T]) {
	if m.advance(s) {
		heap.Push(m, s)
	}
}

// advance reads the source's next element; false when it has none.
func (m *merging[T]) advance(s *source[T]) bool {
	element, ok, err := s.next()
	if err != nil {
		m.err = err
	}
	if err != nil || !ok {
		s.stop()
		return false
	}
	s.first = element
	return true
}

// step goes to the next element of the source that has the smallest.
func (m *merging[T]) step() {
	if m.advance(m.sources[0]) {
		heap.Fix(m, 0)
		return
	}
	heap.Pop(m)
}

func (m *merging[T]) stop() {
	for _, s := range m.sources {
		s.stop()
	}
}

func (m *merging[T]) Len() int      { return len(m.sources) }
func (m *merging[T]) Swap(i, j int) { m.sources[i], m.sources[j] = m.sources[j], m.sources[i] }
func (m *merging[T]) Push(s any)    { m.sources = append(m.sources, s.(*source[T])) }

func (m *merging[T]) Pop() any {
	last := len(m.sources) - 1
	s := m.sources[last]
	m.sources = m.sources[:last]
	return s
}

func (m *merging[T]) Less(i, j int) bool {
	a, b := m.sources[i], m.sources[j]
	if c := m.compare(&a.first, &b.first); c != 0 {
		return c < 0
	}
	return a.number < b.number
}
