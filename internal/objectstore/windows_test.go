package objectstore

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestSpansAreTheirUnion compares random spans with a set of bytes.
func TestSpansAreTheirUnion(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var s spans
		var in [61]bool
		for range random.IntN(12) {
			from := random.IntN(60)
			to := from + 1 + random.IntN(60-from)
			s.add(int64(from), int64(to))
			for i := from; i < to; i++ {
				in[i] = true
			}
		}
		for i := range in {
			next := 0
			for j := i + 1; !in[i] && j < len(in) && next == 0; j++ {
				if in[j] {
					next = j
				}
			}
			if got, at := s.at(int64(i)); got != in[i] || at != int64(next) {
				t.Fatalf("%v: %d is in: %t, next %d; want %t, %d", s, i, got, at, in[i], next)
			}
		}
		for i := 1; i < len(s); i++ {
			if s[i-1].to >= s[i].from {
				t.Fatal(fmt.Sprint(s))
			}
		}
	}
}
