// Package parallel does work on many cores at once: in any order, or with results in the order of what is worked on. It also has
// what goes with that: groups of elements that are worth handing to another core, and sets of numbers.
package parallel

import (
	"iter"
	"sync"
)

// Ordered calls work with each element of in and yields the results in the order of in. There are as many goroutines as workers
// says, which must be at least 1; work gets the number of its own, from 0, to find memory by that no other uses. An error of in
// is yielded in its place. A consumer that stops early stops the workers and in.
//
// Each worker takes its next element from in itself, so that what in has just touched is still in that core's cache.
func Ordered[T, R any](in iter.Seq2[T, error], workers int, work func(worker int, element T) R) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		next, stop := iter.Pull2(in)
		line := &assemblyLine[T, R]{
			next: next,
			// A result or two may wait for a slower neighbour; more would only hold memory.
			order: make(chan task[R], workers), quit: make(chan struct{}),
			turn: make(chan struct{}, 1), working: workers,
		}
		for worker := range workers {
			line.running.Go(func() { line.run(worker, work) })
		}
		defer stop()
		defer line.running.Wait()
		defer close(line.quit)
		for t := range line.order {
			var result R
			if t.err == nil {
				result = <-t.result
			}
			if !yield(result, t.err) {
				return
			}
		}
	}
}

// task is the place in the order of one element's result, or of the error that stood in the element's place.
type task[R any] struct {
	err    error
	result chan R
}

// assemblyLine is what the workers share: one takes an element, queues a place for its result, and lets the next one
// take.
type assemblyLine[T, R any] struct {
	order   chan task[R]
	quit    chan struct{}
	running sync.WaitGroup

	// turn is held, by having sent to it, by the worker that takes. It guards what is below, and keeps the queue in the
	// order of the elements. It is no mutex because its holder may wait long, for the consumer.
	turn    chan struct{}
	next    func() (T, error, bool)
	ended   bool
	working int
}

func (l *assemblyLine[T, R]) run(worker int, work func(int, T) R) {
	for {
		element, t, ok := l.take()
		if !ok {
			break
		}
		if t.err == nil {
			t.result <- work(worker, element)
		}
	}
	l.turn <- struct{}{}
	defer func() { <-l.turn }()
	if l.working--; l.working == 0 {
		close(l.order)
	}
}

// take returns the next element with its place; false at the end, or when the consumer has stopped.
func (l *assemblyLine[T, R]) take() (element T, t task[R], ok bool) {
	l.turn <- struct{}{}
	defer func() { <-l.turn }()
	if l.ended {
		return element, t, false
	}
	element, err, ok := l.next()
	if !ok {
		l.ended = true
		return element, t, false
	}
	t = task[R]{err, make(chan R, 1)}
	select {
	case l.order <- t:
		return element, t, true
	case <-l.quit:
		l.ended = true
		return element, t, false
	}
}
