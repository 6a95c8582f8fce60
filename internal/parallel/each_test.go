package parallel

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestEachCallsWithEachNumberOnce(t *testing.T) {
	for _, n := range []int{-1, 0, 1, 2, 1000} {
		calls := make([]int, max(n, 0)) // not atomic: the race detector shows when Each returns before its calls do
		Each(n, func(i int) { calls[i]++ })
		if err := EachUntilError(t.Context(), n, func(i int) error { calls[i]++; return nil }); err != nil {
			t.Error(err)
		}
		if want := slices.Repeat([]int{2}, max(n, 0)); !slices.Equal(calls, want) {
			t.Errorf("of %d numbers, the calls are %v", n, calls)
		}
	}
}

// fourCores lets Each work on four numbers at a time, whatever this machine has.
func fourCores(t *testing.T) {
	had := runtime.GOMAXPROCS(4)
	t.Cleanup(func() { runtime.GOMAXPROCS(had) })
}

func TestEachWorksOnEveryCore(t *testing.T) {
	fourCores(t)
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		Each(10, func(int) { time.Sleep(time.Second) })
		if elapsed := time.Since(begun); elapsed != 3*time.Second {
			t.Errorf("10 seconds of work take 4 cores %v", elapsed)
		}
	})
}

func TestEachUntilErrorBeginsNoMore(t *testing.T) {
	fourCores(t)
	one, other, stopped := errors.New("one"), errors.New("other"), errors.New("stopped")
	const never = time.Hour
	for _, test := range []struct {
		name    string
		n       int
		fail    map[int]error // of calls that take one second; the others take two
		stop    time.Duration // when ctx is done
		begun   int
		elapsed time.Duration
		want    []error
	}{
		{"no error", 10, nil, never, 10, 6 * time.Second, nil},
		{"an error", 10, map[int]error{1: one}, never, 4, 2 * time.Second, []error{one}},
		{"two errors at once", 10, map[int]error{1: one, 2: other}, never, 4, 2 * time.Second, []error{one, other}},
		{"an error at the end", 10, map[int]error{9: one}, never, 10, 6 * time.Second, []error{one}},
		{"stopped before", 10, nil, 0, 0, 0, []error{stopped}},
		{"stopped in between", 10, nil, 3 * time.Second, 8, 4 * time.Second, []error{stopped}},
		{"stopped when all have begun", 10, nil, 5 * time.Second, 10, 6 * time.Second, nil},
		{"nothing to stop", 0, nil, 0, 0, 0, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeoutCause(t.Context(), test.stop, stopped)
				defer cancel()
				var begun atomic.Int64
				start := time.Now()
				err := EachUntilError(ctx, test.n, func(i int) error {
					begun.Add(1)
					if err := test.fail[i]; err != nil {
						time.Sleep(time.Second)
						return err
					}
					time.Sleep(2 * time.Second)
					return nil
				})
				if elapsed := time.Since(start); elapsed != test.elapsed {
					t.Errorf("it returns after %v, want %v", elapsed, test.elapsed)
				}
				if n := begun.Load(); n != int64(test.begun) {
					t.Errorf("%d calls begin, want %d", n, test.begun)
				}
				for _, each := range []error{one, other, stopped} {
					if got, want := errors.Is(err, each), slices.Contains(test.want, each); got != want {
						t.Errorf("the error is %v, want %v", err, test.want)
					}
				}
				if err != nil && test.want == nil {
					t.Errorf("the error is %v, want none", err)
				}
			})
		})
	}
}
