package fold

import (
	"cmp"
	"testing"

	"ph2cio/internal/identity"
)

// TestPlacesAreInTheOrderOfChanges has places, each of which comes after the one before.
func TestPlacesAreInTheOrderOfChanges(t *testing.T) {
	place := func(at, stamp int64, uuid byte, ref uint64) ChangeOrder {
		return ChangeOrder{Order: identity.Order{At: at, UUID: [16]byte{15: uuid}}, Stamp: stamp, Ref: ref}
	}
	all := []ChangeOrder{
		place(1, 9, 9, 9), place(2, identity.NoTime, 9, 9), place(2, 3, 0, 9), place(2, 3, 1, 8), place(2, 3, 1, 9), place(2, 3, 2, 1), place(2, 4, 0, 0),
		place(3, 1, 0, 0),
	}
	for i := range all {
		for j := range all {
			if got := all[i].CompareChange(&all[j]); got != cmp.Compare(i, j) {
				t.Errorf("%+v and %+v: %d, want %d", all[i], all[j], got, cmp.Compare(i, j))
			}
		}
		if got := ReadChangeOrder(all[i].Append(nil)); got != all[i] {
			t.Errorf("%+v became %+v", all[i], got)
		}
	}
	one := place(2, 3, 1, 8)
	for _, c := range []struct {
		other ChangeOrder
		same  bool
	}{{place(2, 3, 1, 9), true}, {place(1, 3, 1, 8), false}, {place(2, 4, 1, 8), false}, {place(2, 3, 2, 8), false}} {
		if got := one.sameRow(&c.other); got != c.same {
			t.Errorf("%+v and %+v are the same row: %t", one, c.other, got)
		}
	}
	if one = place(2, 3, 0, 8); one.sameRow(&one) {
		t.Error("rows without a uuid are taken for the same")
	}
}
