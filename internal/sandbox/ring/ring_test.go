package ring

import (
	"slices"
	"testing"
)

func TestTheNewestAreKeptInOrder(t *testing.T) {
	r := Ring[int]{Max: 3}
	for i := range 8 {
		gone, full := r.Add(i)
		if full != (i >= 3) || full && gone != i-3 {
			t.Errorf("adding %d: %d gave way, %v", i, gone, full)
		}
		var want []int
		for kept := max(0, i-2); kept <= i; kept++ {
			want = append(want, kept)
		}
		if got := r.List(); !slices.Equal(got, want) {
			t.Errorf("after %d: %v, want %v", i, got, want)
		}
	}
	for first := range r.All() {
		if first != 5 {
			t.Errorf("the first is %d, want 5", first)
		}
		break
	}
}

func TestAnEmptyRingHasAListWithoutValues(t *testing.T) {
	r := Ring[string]{Max: 1}
	if got := r.List(); got == nil || len(got) != 0 {
		t.Errorf("%#v, want a list that JSON shows as []", got)
	}
}
