package parallel

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls f once with each number from 0 to n-1, on as many goroutines as there are cores, and returns
// when all calls have returned. Lower numbers begin first, but any may end first. It calls nothing if n is 0
// or less.
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

// EachUntilError is Each for calls that can fail. After an error, or once ctx is done, it begins no further
// call, waits for those under way, and returns all errors joined. The cause of ctx is among them if it
// prevented a call. Nil means that f was called with every number and never failed.
func EachUntilError(ctx context.Context, n int, f func(i int) error) error {
	var failed atomic.Bool
	var lock sync.Mutex // of errs
	var errs []error
	Each(n, func(i int) {
		if failed.Load() {
			return
		}
		err := context.Cause(ctx)
		if err == nil {
			err = f(i)
		}
		if err != nil {
			failed.Store(true)
			lock.Lock()
			defer lock.Unlock()
			errs = append(errs, err)
		}
	})
	return errors.Join(errs...)
}
