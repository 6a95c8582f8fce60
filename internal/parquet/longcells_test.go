package parquet_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"ph2cio/internal/parquet"
	"ph2cio/internal/testkit/parquets"
)

// TestLongCellsArePassedOver has cells that are longer than a row may be, in pages that are read piece by piece: at
// the beginning, in a row, and at the end. Only their rows lack something.
func TestLongCellsArePassedOver(t *testing.T) {
	const rows, maxRow = 24, 1 << 20
	long := map[int]bool{0: true, 7: true, 8: true, rows - 1: true}
	table := []parquets.Column{{Name: "text", Type: parquets.Text}, {Name: "id", Type: parquets.Integer}}
	for i := range rows {
		size := 70_000 // more than is read at once
		if long[i] {
			size = maxRow + i
		}
		var text any
		if text = fmt.Sprint(i, strings.Repeat("x", size)); i%6 == 5 && !long[i] {
			text = nil
		}
		if i > 0 && long[i-1] && !long[i] {
			text = "" // it begins where what was passed over ends
		}
		table[0].Values, table[1].Values = append(table[0].Values, text), append(table[1].Values, int64(i))
	}
	for _, codec := range parquets.Codecs {
		for _, layout := range []parquets.Layout{{}, {Lengths: true}, {V2: true}, {V2: true, Lengths: true}} {
			layout.Codec, layout.Page = codec, 64<<20
			for i, row := range textOfRows(t, parquets.Write(t, table, layout), maxRow) {
				want := fmt.Sprint(table[0].Values[i])
				if long[i] {
					want = "too long"
				}
				if row != want {
					t.Errorf("%s: row %d has %.20q of %d bytes, want %.20q of %d", layout, i, row, len(row), want, len(want))
				}
			}
		}
	}
}

// textOfRows returns the first cell of each row.
func textOfRows(t *testing.T, file []byte, maxRow int) (rows []string) {
	t.Helper()
	f, err := parquet.Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	text := f.Text([]int{0, 1}, maxRow)
	defer text.Close()
	data, err := io.ReadAll(text)
	if err != nil {
		t.Fatal(err)
	}
	whole, ends := parquet.SplitRows(data, nil)
	if whole != len(data) || int64(len(ends)) != f.Rows() {
		t.Fatalf("%d rows in %d of %d bytes, want %d", len(ends), whole, len(data), f.Rows())
	}
	cells, start := make([][]byte, 2), uint32(0)
	for i, end := range ends {
		switch err := parquet.Cells(cells, data[start:end]); {
		case errors.Is(err, parquet.ErrTooLong):
			rows = append(rows, "too long")
		case err != nil:
			t.Fatal(err)
		case cells[0] == nil:
			rows = append(rows, "<nil>")
		default:
			rows = append(rows, string(cells[0]))
		}
		if string(cells[1]) != fmt.Sprint(i) {
			t.Errorf("row %d has number %s", i, cells[1])
		}
		start = end
	}
	return rows
}
