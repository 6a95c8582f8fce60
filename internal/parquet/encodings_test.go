package parquet

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"pgregory.net/rapid"
)

// Runs are what the encoder of parquet-go has written.
func TestRunsOfAnyWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 32).Draw(t, "width")
		var want []int32
		for range rapid.IntRange(0, 8).Draw(t, "runs") {
			n := rapid.IntRange(1, 40).Draw(t, "length")
			value := rapid.Uint32Range(0, uint32(1<<width-1)).Draw(t, "value")
			equal := rapid.Bool().Draw(t, "equal")
			for i := range n {
				if want = append(want, int32(value)); !equal {
					value = (value + uint32(i)*7) & uint32(1<<width-1)
				}
			}
		}
		data, err := (&rle.Encoding{BitWidth: width}).EncodeInt32(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		var r runs
		r.begin(data, uint(width))
		for i, value := range want {
			if got, ok := r.next(); !ok || got != uint32(value) {
				t.Fatalf("integer %d is %d, %v; want %d", i, got, ok, value)
			}
		}
	})
}

// A run that claims to be very long takes neither time nor memory.
func TestRunsThatCannotBe(t *testing.T) {
	var r runs
	r.begin(binary.AppendUvarint(nil, math.MaxUint64-1), 1)
	if _, ok := r.next(); ok {
		t.Error("a run without its value has values")
	}
	r.begin(append(binary.AppendUvarint(nil, math.MaxUint64), 0xff), 1)
	if _, ok := r.next(); ok {
		t.Error("packed integers that are not there have values")
	}
	r.begin(binary.AppendUvarint(nil, math.MaxUint64), 0)
	for range 100 {
		if value, ok := r.next(); !ok || value != 0 {
			t.Fatal("integers of no bits are not 0")
		}
	}
	r.begin([]byte{3, 0x05, 0x80}, 1) // one group of eight, then a run header that is cut off
	for i := range 8 {
		if value, ok := r.next(); !ok || value != 5>>i&1 {
			t.Fatal(i, value, ok)
		}
	}
	if _, ok := r.next(); ok {
		t.Error("a header that is cut off has values")
	}
}

func TestDeltasOfAnyIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Int64(), 0, 300).Draw(t, "integers")
		data, err := new(delta.BinaryPackedEncoding).EncodeInt64(nil, want)
		if err != nil {
			t.Fatal(err)
		}
		tail := []byte("tail")
		var d deltas
		if err := d.begin(append(data, tail...)); err != nil {
			t.Fatal(err)
		}
		if after, err := d.after(); err != nil || string(after) != string(tail) {
			t.Fatalf("after the integers comes %q, %v", after, err)
		}
		for i, value := range want {
			if got, ok := d.next(); !ok || got != value {
				t.Fatalf("integer %d is %d, %v; want %d", i, got, ok, value)
			}
		}
		if _, ok := d.next(); ok {
			t.Error("there is one integer too many")
		}
	})
}

// Headers that claim more than there is end at what is there.
func TestDeltasThatCannotBe(t *testing.T) {
	header := func(fields ...uint64) (data []byte) {
		for _, field := range fields {
			data = binary.AppendUvarint(data, field)
		}
		return data
	}
	for name, data := range map[string][]byte{
		"empty":               nil,
		"no miniblocks":       header(128, 0, 5, 0),
		"uneven miniblocks":   header(128, 3, 5, 0),
		"a block beyond size": header(1<<40, 4, 5, 0),
		"no first value":      header(128, 4, 5),
	} {
		var d deltas
		if err := d.begin(data); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	var d deltas
	if err := d.begin(header(128, 4, math.MaxUint64, 2)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.after(); err == nil {
		t.Error("the end of 2^64 integers was found")
	}
	if first, ok := d.next(); !ok || first != 1 {
		t.Error(first, ok)
	}
	if _, ok := d.next(); ok {
		t.Error("an integer that is not there was returned")
	}
	if err := d.begin(append(header(128, 4, 3, 2), 0, 65, 0, 0, 0, 1, 2, 3)); err != nil {
		t.Fatal(err)
	}
	d.next()
	if _, ok := d.next(); ok {
		t.Error("an integer of 65 bits was returned")
	}
}

func TestRowsThatAreTooLongLackTheirLongestCells(t *testing.T) {
	cells := []cell{{text: []byte("short")}, {null: true}, {text: make([]byte, 100)}, {text: []byte("end")}}
	size := rowSize(cells, 50)
	row := appendRow(nil, cells, size)
	if n, ends := SplitRows(row, nil); n != len(row) || len(ends) != 1 {
		t.Fatalf("%d of %d bytes are rows, %v", n, len(row), ends)
	}
	got := make([][]byte, 4)
	if err := Cells(got, row); err != ErrTooLong {
		t.Error(err)
	}
	if string(got[0]) != "short" || got[1] != nil || got[2] != nil || string(got[3]) != "end" {
		t.Errorf("%q", got)
	}
	size = rowSize(cells, 200)
	if err := Cells(got, appendRow(nil, cells, size)); err != nil || len(got[2]) != 100 {
		t.Error(err)
	}
}

// FuzzCells reads bytes that are no row.
func FuzzCells(f *testing.F) {
	cells := []cell{{text: []byte("a")}, {null: true}, {text: []byte{}}}
	f.Add(appendRow(nil, cells, rowSize(cells, 100)), 3)
	f.Fuzz(func(t *testing.T, row []byte, columns int) {
		got := make([][]byte, columns&15)
		if err := Cells(got, row); err != nil {
			return
		}
		total := 0
		for _, c := range got {
			total += len(c)
		}
		if total > len(row) {
			t.Errorf("the cells of %d bytes have %d", len(row), total)
		}
	})
}
