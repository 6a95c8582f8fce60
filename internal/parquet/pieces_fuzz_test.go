package parquet

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"

	"ph2cio/internal/codec"
)

// FuzzPieces changes pages as FuzzPages does. How large pages are read must give what small ones would.
func FuzzPieces(f *testing.F) { fuzzPages(f, samePieces) }

// samePieces reads a file with pages piece by piece as with pages as a whole.
func samePieces(t *testing.T, file []byte) {
	f := open(t, file)
	columns := make([]int, len(f.Columns()))
	for i := range columns {
		columns[i] = i
	}
	read := func(whole int) (all []byte, lost []int64) {
		text := f.Text(columns, 1000)
		defer text.Close()
		text.memory.whole = whole
		for buffer := make([]byte, 4096); ; {
			n, err := text.Read(buffer)
			all = append(all, buffer[:n]...)
			gap, missing := errors.AsType[*codec.Gap](err)
			switch {
			case missing:
				lost = append(lost, gap.Rows)
			case err == io.EOF:
				return all, lost
			case err != nil:
				t.Fatal(err)
			}
		}
	}
	want, wantLost := read(mostWhole)
	got, lost := read(0)
	if !bytes.Equal(got, want) || !slices.Equal(lost, wantLost) {
		t.Fatalf("in pieces: %d bytes, lost %d; as a whole: %d bytes, lost %d", len(got), lost, len(want), wantLost)
	}
}
