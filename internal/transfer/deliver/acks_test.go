package deliver

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
)

// TestAcksLoseNothing plays a phase of numbered things, some of which are operations. It is killed several
// times, and each time resumed from a position that was saved at some moment before. In the end every
// operation was acknowledged, and a saved position is always exact.
func TestAcksLoseNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		sends := rapid.SliceOfN(rapid.Bool(), 1, 60).Draw(r, "which are operations")
		all := uint64(len(sends))
		var saved acks
		known := map[uint64]bool{} // answered, and saved as that
		for round := 0; saved.next < all || len(known) < count(sends); round++ {
			a := acksFrom(saved.position())
			from := a.position()
			answered := map[uint64]bool{}
			waiting := []uint64{}
			end := uint64(0)
			steps := rapid.IntRange(1, 30).Draw(r, "steps")
			if round > 20 {
				steps = 1000 // this one is not killed
			}
			for range steps {
				switch step := rapid.SampledFrom([]string{"read", "answer", "answer", "save"}).Draw(r, "step"); {
				case step == "read" && end < all:
					// A part ends anywhere before the end of what was read before, and begins where that
					// ended.
					start := end
					end = min(all, end+uint64(rapid.IntRange(1, 9).Draw(r, "part")))
					if start < from.Next {
						end = min(end, from.Next)
					}
					var part []uint64
					for n := start; n < end; n++ {
						if sends[n] && !from.Done(n) {
							part = append(part, n)
						}
					}
					a.add(operations(part...), nil, end)
					waiting = append(waiting, part...)
				case step == "answer" && len(waiting) > 0:
					at := rapid.IntRange(0, len(waiting)-1).Draw(r, "which")
					a.acknowledge(waiting[at])
					answered[waiting[at]] = true
					waiting = append(waiting[:at], waiting[at+1:]...)
				case step == "save":
					if got, want := a.count(), int64(len(waiting)); got != want {
						r.Fatalf("%d have no answer, want %d", got, want)
					}
					for n := range answered {
						known[n] = true
					}
					saved = acksFrom(a.position())
					p := saved.position()
					for n := range p.Next {
						if sends[n] && p.Done(n) != known[n] {
							r.Fatalf("number %d: done %v in %+v, want %v", n, p.Done(n), p, known[n])
						}
					}
					for n := range known {
						if n >= p.Next {
							r.Fatalf("number %d is answered and %+v does not know it", n, p)
						}
					}
				}
			}
		}
	})
}

// TestEachOperationIsAcknowledgedOnce answers operations in any order, some twice, and some that were never
// added. Each returns its mark the first time.
func TestEachOperationIsAcknowledgedOnce(t *testing.T) {
	var a acks
	a.add(operations(1, 2, 4), []Mark{{Merge: 1}, {Merge: 2}, {Merge: 4}}, 6)
	a.add(operations(6, 9), []Mark{{Merge: 6}}, 10)
	for i, c := range []struct {
		number uint64
		mark   int64
		left   int64
	}{{4, 4, 4}, {4, 0, 4}, {3, 0, 4}, {1, 1, 3}, {0, 0, 3}, {11, 0, 3}, {2, 2, 2}, {2, 0, 2}, {9, 0, 1}, {9, 0, 1}, {6, 6, 0}, {6, 0, 0}} {
		if m := a.acknowledge(c.number); m.Merge != c.mark || a.count() != c.left {
			t.Errorf("step %d: %d has the mark %d, and %d are left; want %d and %d", i, c.number, m.Merge, a.count(), c.mark, c.left)
		}
	}
	if p := a.position(); p.Next != 10 || len(p.Open) != 0 {
		t.Errorf("in the end the position is %+v", p)
	}
}

// TestNoSpanReachesOverWhatWasDone resumes a phase in which numbers between open ones were done before.
func TestNoSpanReachesOverWhatWasDone(t *testing.T) {
	open := []ledger.Span{{First: 2, Last: 2}, {First: 5, Last: 8}}
	a := acksFrom(ledger.Position{Next: 10, Open: open})
	for _, step := range []struct {
		ref, end uint64
		want     []ledger.Span
	}{{2, 3, open}, {5, 6, []ledger.Span{{First: 2, Last: 2}, {First: 5, Last: 5}, {First: 6, Last: 8}}}, {8, 9, open}} {
		a.add(operations(step.ref), nil, step.end)
		if p := a.position(); p.Next != 10 || !slices.Equal(p.Open, step.want) {
			t.Errorf("after %d the position is %+v, want %v", step.ref, p, step.want)
		}
	}
}

// operations returns events with these Refs.
func operations(refs ...uint64) (all []customerio.Operation) {
	for _, ref := range refs {
		all = append(all, event(ref))
	}
	return all
}

func count(all []bool) (n int) {
	for _, one := range all {
		if one {
			n++
		}
	}
	return n
}
