package export

import (
	"iter"
	"sync"
)

// ordered does work on each element of in, on several goroutines at once, and yields the results in the order of in. An
// error of in takes its place in that order. A consumer that stops early stops the workers and in.
func ordered[T, R any](in iter.Seq2[T, error], workers int, work func(worker int, element T) R) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		line := newAssemblyLine[T, R](workers)
		defer line.stop()
		go line.feed(in)
		for worker := range workers {
			line.running.Go(func() {
				for t := range line.work {
					t.result <- work(worker, t.element)
				}
			})
		}
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

// task is one element on its way, or the error that stood in its place.
type task[T, R any] struct {
	element T
	err     error
	result  chan R
}

// assemblyLine holds the two queues that every task stands in: one for whichever worker is free, one for the order.
type assemblyLine[T, R any] struct {
	work    chan task[T, R]
	order   chan task[T, R]
	quit    chan struct{}
	running sync.WaitGroup
}

func newAssemblyLine[T, R any](workers int) *assemblyLine[T, R] {
	return &assemblyLine[T, R]{
		work: make(chan task[T, R], workers),
		// One result may wait for a slower neighbour per worker; more would only hold memory.
		order: make(chan task[T, R], workers+1),
		quit:  make(chan struct{}),
	}
}

func (l *assemblyLine[T, R]) feed(in iter.Seq2[T, error]) {
	defer close(l.order)
	defer close(l.work)
	for element, err := range in {
		t := task[T, R]{element: element, err: err, result: make(chan R, 1)}
		select {
		case l.order <- t:
		case <-l.quit:
			return
		}
		if err != nil {
			continue
		}
		select {
		case l.work <- t:
		case <-l.quit:
			return
		}
	}
}

// stop ends the feeder and waits until no worker touches an element any more.
func (l *assemblyLine[T, R]) stop() {
	close(l.quit)
	for range l.order {
	}
	l.running.Wait()
}
