package source

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// inParallel calls f with each number below n, several at a time.
func inParallel(n int, f func(i int)) {
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
