// Package parallel does work on many cores at once: in any order, or with results in the order of the
// elements. It also has groups of elements and sets of numbers.
package parallel

import (
	"iter"
	"sync"
)

// Ordered calls work with each element of in and yields the results in the order of in. workers is the number
// of goroutines, at least 1. work gets the number of its goroutine, from 0, so that each may have memory of
// its own. An error of in is yielded in its place. A consumer that stops early stops the workers and in.
//
// Each worker takes its next element from in itself, so that the element is still in that core's cache.
func Ordered[T, R any](in iter.Seq2[T, error], workers int, work func(worker int, element T) R) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		next, stop := iter.Pull2(in)
		line := &assemblyLine[T, R]{
			next: next,
			// A few results may wait for a slower worker; more would only take memory.
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

// task is the result of one element, or the error that in yielded instead, in the order of in.
type task[R any] struct {
	err    error
	result chan R
}

// assemblyLine is shared by the workers: one takes an element, queues a task for its result, and lets the
// next worker take.
type assemblyLine[T, R any] struct {
	order   chan task[R]
	quit    chan struct{}
	running sync.WaitGroup

	// turn is a lock: the worker that takes an element has sent to it. It guards the fields below and keeps
	// the queue in the order of the elements. It is not a mutex because its holder may wait for the consumer.
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

// take returns the next element with its task. It returns false at the end, or if the consumer has stopped.
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
