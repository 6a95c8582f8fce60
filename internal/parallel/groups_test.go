package parallel

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestGroupsKeepAllElementsInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		elements := rapid.SliceOf(rapid.Int()).Draw(t, "elements")
		size := rapid.IntRange(1, 10).Draw(t, "size")
		var got [][]int // kept until the end, so that a group that is used again shows
		for group, err := range Groups(slices.Values(elements), size) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, group)
		}
		want := slices.Collect(slices.Chunk(elements, size))
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("the groups are %v, want %v", got, want)
		}
	})
}

func TestGroupsTakeNoMoreThanTheirConsumerWants(t *testing.T) {
	taken := 0
	endless := func(yield func(int) bool) {
		for taken = 1; yield(taken); taken++ {
		}
	}
	for range Groups(endless, 3) {
		break
	}
	if taken != 3 {
		t.Errorf("%d elements were taken for one group of 3", taken)
	}
}
