package export

import (
	"testing"

	"pgregory.net/rapid"
)

// TestNothingIsLostOrDoneTwice plays a phase of numbered things, some of which are operations, over several runs, each of
// which is killed. A run goes on from a position that was saved at some moment before. In the end every operation was
// settled, and only those again whose answer had not been saved.
func TestNothingIsLostOrDoneTwice(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		sends := rapid.SliceOfN(rapid.Bool(), 1, 60).Draw(r, "which are operations")
		all := uint64(len(sends))
		var saved unsettled
		known := map[uint64]bool{} // settled, and saved as that
		for round := 0; saved.next < all || len(known) < count(sends); round++ {
			u := resumed(saved.position())
			from := u.position()
			settled := map[uint64]bool{}
			waiting := []uint64{}
			end := uint64(0)
			steps := rapid.IntRange(1, 30).Draw(r, "steps")
			if round > 20 {
				steps = 1000 // one that nobody kills
			}
			for range steps {
				switch step := rapid.SampledFrom([]string{"read", "settle", "settle", "save"}).Draw(r, "step"); {
				case step == "read" && end < all:
					// A page ends anywhere before the end of what was read before, and begins where that ended.
					start := end
					end = min(all, end+uint64(rapid.IntRange(1, 9).Draw(r, "page")))
					if start < from.Next {
						end = min(end, from.Next)
					}
					var page []uint64
					for n := start; n < end; n++ {
						if sends[n] && !from.Done(n) {
							page = append(page, n)
						}
					}
					u.add(page, nil, end)
					waiting = append(waiting, page...)
				case step == "settle" && len(waiting) > 0:
					at := rapid.IntRange(0, len(waiting)-1).Draw(r, "which")
					u.settle(waiting[at])
					settled[waiting[at]] = true
					waiting = append(waiting[:at], waiting[at+1:]...)
				case step == "save":
					if got, want := u.count(), int64(len(waiting)); got != want {
						r.Fatalf("%d have no answer, want %d", got, want)
					}
					for n := range settled {
						known[n] = true
					}
					saved = resumed(u.position())
					p := saved.position()
					for n := range p.Next {
						if sends[n] && p.Done(n) != known[n] {
							r.Fatalf("number %d: done %v in %+v, want %v", n, p.Done(n), p, known[n])
						}
					}
					for n := range known {
						if n >= p.Next {
							r.Fatalf("number %d is settled and %+v does not know it", n, p)
						}
					}
				}
			}
		}
	})
}

func count(all []bool) (n int) {
	for _, one := range all {
		if one {
			n++
		}
	}
	return n
}
