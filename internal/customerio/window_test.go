package customerio

import (
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestNoSecondHasMoreArrivalsThanTheRate holds for requests that ask whenever they like and are held up for a while after they
// were let go, as on a busy machine.
func TestNoSecondHasMoreArrivalsThanTheRate(t *testing.T) {
	for seed := range uint64(60) {
		for rate, held := range map[float64]int{0.5: 500, 1: 500, 1.5: 300, 7: 100, 50: 35, 120: 25} {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 0))
				pace := NewPace(rate)
				var seen arrivals
				for end := time.Now().Add(4 * time.Second); time.Now().Before(end); {
					if random.IntN(20) == 0 {
						time.Sleep(time.Duration(random.IntN(400)) * time.Millisecond)
					}
					if err := pace.wait(t.Context()); err != nil {
						t.Fatal(err)
					}
					seen.at = append(seen.at, time.Now().Add(time.Duration(random.IntN(held))*time.Millisecond))
				}
				slices.SortFunc(seen.at, time.Time.Compare)
				if n := seen.busiest(); float64(n) > rate+1 {
					t.Fatalf("seed %d: %d requests arrived in one second at rate %v", seed, n, rate)
				}
			})
		}
	}
}
