package parallel

import (
	"errors"
	"iter"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestOrderedKeepsTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, workers := rapid.IntRange(0, 50).Draw(t, "n"), rapid.IntRange(1, 8).Draw(t, "workers")
		wrong := rapid.SliceOfDistinct(rapid.IntRange(0, 49), rapid.ID[int]).Draw(t, "errors")
		bad := map[int]error{}
		for _, i := range wrong {
			bad[i] = errors.New("bad")
		}
		in := func(yield func(int, error) bool) {
			for i := range n {
				if !yield(i, bad[i]) {
					return
				}
			}
		}
		work := func(_ int, i int) int {
			time.Sleep(time.Duration(i%3) * time.Microsecond)
			return i * i
		}
		i := 0
		for square, err := range Ordered(in, workers, work) {
			if err != bad[i] || err == nil && square != i*i {
				t.Fatalf("element %d: %d, %v", i, square, err)
			}
			i++
		}
		if i != n {
			t.Fatalf("%d elements came, want %d", i, n)
		}
	})
}

func TestOrderedStopsWhenItsConsumerDoes(t *testing.T) {
	var working atomic.Int32
	var endless iter.Seq2[int, error] = func(yield func(int, error) bool) {
		for i := 0; yield(i, nil); i++ {
		}
	}
	for i := range Ordered(endless, 4, func(_, i int) int {
		working.Add(1)
		defer working.Add(-1)
		return i
	}) {
		if i == 10 {
			break
		}
	}
	if n := working.Load(); n != 0 {
		t.Errorf("%d workers still at work", n)
	}
}
