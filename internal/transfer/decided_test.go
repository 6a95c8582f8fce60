package transfer

import (
	"math/rand/v2"
	"slices"
	"testing"

	"ph2cio/internal/mapping"
	"ph2cio/internal/parallel"
	"ph2cio/internal/spool"
)

// TestDecisionsComeBack stores more decisions than stay in memory, and reads them in any order.
func TestDecisionsComeBack(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	reasons := []string{"anonymous", "noise", "not_allowed"}
	all := newDecisions(t.TempDir())
	defer all.space.Close()
	var want []decided
	for range 5000 {
		d := decided{sum: random.Uint64() >> random.IntN(64)}
		for row := range uint64(random.IntN(1200)) {
			if random.IntN(2) == 0 {
				d.add(row, mapping.Outcome{Bucket: mapping.Skipped, Reason: reasons[random.IntN(len(reasons))]})
			}
		}
		all.add(&d)
		want = append(want, d)
	}
	if all.space.OnDisk() == 0 {
		t.Error("nothing went to disk: the test is too small")
	}
	var r spool.Reader
	for _, n := range append(random.Perm(len(want)), 0, len(want)-1) {
		got, seen, err := all.of(n, &r)
		if err != nil || !seen {
			t.Fatalf("chunk %d: %v, %v", n, seen, err)
		}
		if got.sum != want[n].sum || !slices.Equal(got.skipped, want[n].skipped) || !slices.Equal(trimmed(got.rows), trimmed(want[n].rows)) {
			t.Fatalf("chunk %d came back as %v, want %v", n, got, want[n])
		}
	}
	if _, seen, err := all.of(len(want), &r); seen || err != nil {
		t.Errorf("a chunk that was never added: %v, %v", seen, err)
	}
}

func trimmed(b parallel.Bitset) parallel.Bitset {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return b
}
