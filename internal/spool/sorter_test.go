package spool

import (
	"cmp"
	"encoding/binary"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

type numbered struct{ key, number uint32 }

func newSorter(space *Space, most int) *Sorter[numbered] {
	return &Sorter[numbered]{
		Space: space, Most: most,
		Compare: func(a, b *numbered) int { return cmp.Compare(a.key, b.key) },
		Append: func(dst []byte, n *numbered) []byte {
			return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(dst, n.key), n.number)
		},
		Read: func(b []byte) numbered {
			return numbered{binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])}
		},
	}
}

// TestSorterSortsAsInMemory sorts with any number of runs. Equal elements stay in order.
func TestSorterSortsAsInMemory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		space := NewSpace(dir, rapid.Int64Range(0, 500).Draw(t, "memory"))
		defer space.Close()
		space.Block = 16
		sorter := newSorter(space, rapid.OneOf(rapid.IntRange(1, 20), rapid.IntRange(inPage-1, 3*inPage)).Draw(t, "most"))
		var want []numbered
		times := rapid.SampledFrom([]int{1, 1, 20}).Draw(t, "times")
		keys := slices.Repeat(rapid.SliceOfN(rapid.Uint32Range(0, 9), 0, 80).Draw(t, "keys"), times)
		for i, key := range keys {
			n := numbered{key, uint32(i)}
			sorter.Add(n)
			want = append(want, n)
		}
		slices.SortStableFunc(want, func(a, b numbered) int { return cmp.Compare(a.key, b.key) })
		var got []numbered
		for n, err := range sorter.Sorted() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, n)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v\nwant %v", got, want)
		}
	})
}

// TestSorterCanBeLeftEarly stops early. The race detector and the leak check find a goroutine that is left
// behind.
func TestSorterCanBeLeftEarly(t *testing.T) {
	t.Parallel()
	space := NewSpace(t.TempDir(), 0)
	defer space.Close()
	sorter := newSorter(space, 2)
	for i := range uint32(10) {
		sorter.Add(numbered{i % 3, i})
	}
	for n, err := range sorter.Sorted() {
		if err != nil || n.key != 0 {
			t.Errorf("first %v, %v", n, err)
		}
		break
	}
}

// TestSorterGivesItsRoomBack checks that the memory of the runs is free once all elements have been yielded,
// and the memory for sorting once the first has.
func TestSorterGivesItsRoomBack(t *testing.T) {
	t.Parallel()
	space := NewSpace(t.TempDir(), 1<<20)
	defer space.Close()
	space.Block = 16
	sorter := newSorter(space, 2)
	for i := range uint32(50) {
		sorter.Add(numbered{i, i})
	}
	for _, err := range sorter.Sorted() {
		if err != nil || space.held.Load() == 0 {
			t.Fatalf("%d bytes held while the runs are merged, %v", space.held.Load(), err)
		}
		if sorter.pages != nil || sorter.order != nil {
			t.Fatal("the room for sorting is held while the runs are merged")
		}
	}
	if held := space.held.Load(); held != 0 {
		t.Errorf("%d bytes are still held", held)
	}
}
