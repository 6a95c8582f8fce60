package people

import (
	"fmt"
	"testing"

	"ph2cio/internal/posthog"
)

// TestVisitorsInOnePlaceAreNotedOnce looks at what is noted of two visitors who come in turns, and whose
// pairs have the same place.
func TestVisitorsInOnePlaceAreNotedOnce(t *testing.T) {
	t.Parallel()
	x := NewIndex(Options{Seed: 1})
	defer x.Close()
	places := map[[2]uint64]string{}
	var one, other string
	for i := 0; one == ""; i++ {
		id := fmt.Sprintf("0195602e-7a11-7c3e-9d55-%012d", i)
		h := x.sum([]byte(id))
		place := [2]uint64{uint64(h.shard()), h[1] % mostLast}
		if before, taken := places[place]; taken {
			one, other = before, id
		}
		places[place] = id
	}
	for range 1000 {
		for _, id := range []string{one, other} {
			x.Observe(&posthog.Event{
				Name: b("$pageview"), DistinctID: b(id), Personless: true, WebVisitor: true,
				PersonID: fmt.Appendf(nil, "b1b32417-b0ba-5954-a245-%s", id[24:]),
			}, false)
		}
	}
	noted := int64(0)
	for i := range x.pairs.all {
		noted += x.pairs.all[i].log.Len()
	}
	if noted != 2 {
		t.Errorf("%d pairs are noted of 2 visitors", noted)
	}
}
