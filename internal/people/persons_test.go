package people

import (
	"testing"

	"ph2cio/internal/posthog"
)

// TestUnmappedIDHasNoPerson takes an ID away from its person by a row that names no person, whichever row comes first.
func TestUnmappedIDHasNoPerson(t *testing.T) {
	t.Parallel()
	person := posthog.UUID{1}
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}} {
		exported := []*posthog.PersonRow{
			{DistinctIDs: [][]byte{b("a")}, PersonID: person, HasPersonID: true, Version: 1},
			{DistinctIDs: [][]byte{b("b")}, PersonID: person, HasPersonID: true, Version: 1},
			{DistinctIDs: [][]byte{b("b")}, MappingDeleted: true, Version: 2},
		}
		x := NewIndex(Options{Persons: true})
		for _, i := range order {
			x.LearnPerson(exported[i])
		}
		for _, r := range rowsOf(withAttributes("a", "{}"), withAttributes("b", "{}")) {
			x.Observe(&r.Event, r.sends)
		}
		if n := settle(x, Choice{}).Count(0).Sent; n != 2 {
			t.Errorf("in the order %v: %d people, want 2", order, n)
		}
		x.Close()
	}
}
