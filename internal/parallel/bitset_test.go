package parallel

import (
	"maps"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawSet draws numbers, which may be there twice, and makes a Bitset and a map of them.
func drawSet(t *rapid.T, label string) (Bitset, map[uint64]bool) {
	var set Bitset
	members := map[uint64]bool{}
	for _, n := range rapid.SliceOf(rapid.Uint64Range(0, 300)).Draw(t, label) {
		if added := set.Add(n); added == members[n] {
			t.Fatalf("Add(%d) says %v", n, added)
		}
		members[n] = true
	}
	return set, members
}

func TestBitsetIsASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, members := drawSet(t, "members")
		for n := range uint64(400) {
			if set.Has(n) != members[n] {
				t.Fatalf("Has(%d) says %v", n, set.Has(n))
			}
		}
		if set.Has(math.MaxUint64) || set.Word(math.MaxUint64) != 0 {
			t.Fatal("the largest number is a member")
		}
		if set.Count() != int64(len(members)) {
			t.Fatalf("%d members are counted, want %d", set.Count(), len(members))
		}
		want := slices.Sorted(maps.Keys(members))
		if got := slices.Collect(set.All()); !slices.Equal(got, want) {
			t.Fatalf("the members are %v, want %v", got, want)
		}
		for n := range set.All() {
			if n != want[0] {
				t.Fatalf("the first member is %d, want %d", n, want[0])
			}
			break
		}
	})
}

func TestBitsetTakesRangesFromAnyNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, members := drawSet(t, "members")
		first := rapid.Uint64Range(0, 400).Draw(t, "first")
		for i := range uint64(64) {
			if set.Word(first)>>i&1 != 0 != members[first+i] {
				t.Fatalf("Word(%d) is wrong about %d", first, first+i)
			}
		}
		dst, want := drawSet(t, "dst")
		n := rapid.IntRange(0, 200).Draw(t, "n")
		found := int64(0)
		for i := range uint64(n) {
			if members[first+i] {
				want[i] = true
				found++
			}
		}
		got, count := set.Cut(dst, first, n)
		if all := slices.Collect(got.All()); count != found || !slices.Equal(all, slices.Sorted(maps.Keys(want))) {
			t.Fatalf("the cut finds %d and makes %v, want %d and %v", count, all, found, want)
		}
	})
}
