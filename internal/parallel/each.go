package parallel

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls f with each number below n, several at a time.
func Each(n int, f func(i int)) {
	var next atomic.Int64
	var running sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		running.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	running.Wait()
}

// EachUntilError calls f with each number below n, on as many goroutines as there are cores to run them. It returns the errors
// joined, and starts no more after one, or once ctx is done, whose cause is then an error too.
func EachUntilError(ctx context.Context, n int, f func(i int) error) error {
	var next atomic.Int64
	var failed atomic.Bool
	var done sync.WaitGroup
	errs := make([]error, min(n, runtime.GOMAXPROCS(0)))
	for worker := range errs {
		done.Go(func() {
			for i := next.Add(1) - 1; i < int64(n) && !failed.Load(); i = next.Add(1) - 1 {
				err := context.Cause(ctx)
				if err == nil {
					err = f(int(i))
				}
				if err != nil {
					errs[worker] = err
					failed.Store(true)
				}
			}
		})
	}
	done.Wait()
	return errors.Join(errs...)
}
