package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/codec"
	"ph2cio/internal/testkit/parquets"
)

// examples is a table with every type of column, in which values are null here and there, and in runs.
func examples(rows int) []parquets.Column {
	table := []parquets.Column{
		{Name: "text", Type: parquets.Text}, {Name: "few", Type: parquets.Text}, {Name: "whole", Type: parquets.Text},
		{Name: "number", Type: parquets.Integer}, {Name: "double", Type: parquets.Double},
		{Name: "flag", Type: parquets.Boolean}, {Name: "time", Type: parquets.Timestamp},
	}
	for i := range rows {
		values := []any{
			strings.Repeat("x", i%50) + strconv.Itoa(i), "d" + strconv.Itoa(i%20), strings.Repeat("w", i%7), int64(i) * 1_000_000_007 * int64(i%5-2),
			float64(i) / 4, i%5 == 0, time.UnixMicro(int64(i-rows/2) * 86_400_123_456).UTC(),
		}
		for j := range table {
			if table[j].Name != "whole" && (i+j)%3 == 1 || i%1000 > 900 && j < 2 {
				values[j] = nil
			}
			table[j].Values = append(table[j].Values, values[j])
		}
	}
	return table
}

// rowOf returns the text of a row's cells, nil for null.
func rowOf(table []parquets.Column, row int) (cells []*string) {
	for _, column := range table {
		var text string
		switch value := column.Values[row].(type) {
		case nil:
			cells = append(cells, nil)
			continue
		case time.Time:
			text = value.Format("2006-01-02T15:04:05.000000Z")
		default:
			text = fmt.Sprint(value)
		}
		cells = append(cells, &text)
	}
	return cells
}

// readAll returns the rows of all columns as text, and the gaps between them. It reads window bytes at a time.
func readAll(t testing.TB, file []byte, window int) (rows [][]*string, gaps []*codec.Damage) {
	t.Helper()
	f, err := Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var columns []int
	for i := range f.Columns() {
		columns = append(columns, i)
	}
	text := f.Text(columns, 1<<20)
	defer text.Close()
	var data []byte
	for {
		buffer := make([]byte, window)
		n, err := text.Read(buffer)
		data = append(data, buffer[:n]...)
		gap, missing := errors.AsType[*codec.Gap](err)
		switch {
		case missing:
			gaps = append(gaps, gap.Damage)
		case err == io.EOF:
			if text.Used() != int64(len(file)) {
				t.Errorf("at the end %d of %d bytes are used", text.Used(), len(file))
			}
			return rowsOf(t, data, len(columns)), gaps
		case err != nil:
			t.Fatal(err)
		}
	}
}

func rowsOf(t testing.TB, data []byte, columns int) (rows [][]*string) {
	t.Helper()
	n, ends := SplitRows(data, nil)
	if n != len(data) {
		t.Fatalf("the last %d bytes of the text are no row", len(data)-n)
	}
	cells, start := make([][]byte, columns), uint32(0)
	for _, end := range ends {
		if err := Cells(cells, data[start:end]); err != nil {
			t.Fatal(err)
		}
		var row []*string
		for _, cell := range cells {
			if cell == nil {
				row = append(row, nil)
			} else {
				row = append(row, new(string(cell)))
			}
		}
		rows, start = append(rows, row), end
	}
	return rows
}

func equalRows(a, b []*string) bool {
	return slices.EqualFunc(a, b, func(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b })
}

func TestTextIsWhatWasWritten(t *testing.T) {
	const rows = 5000
	table := examples(rows)
	for _, layout := range parquets.Layouts() {
		file := parquets.Write(t, table, layout)
		for _, window := range []int{1 << 20, 100} {
			got, gaps := readAll(t, file, window)
			if len(gaps) > 0 || len(got) != rows {
				t.Fatalf("%s: %d rows, gaps %v", layout, len(got), gaps)
			}
			for i := range got {
				if want := rowOf(table, i); !equalRows(got[i], want) {
					t.Fatalf("%s: row %d is %s", layout, i, describe(got[i], want))
				}
			}
		}
	}
}

func describe(got, want []*string) string {
	var text strings.Builder
	for i := range got {
		g, w := "null", "null"
		if got[i] != nil {
			g = strconv.Quote(*got[i])
		}
		if want[i] != nil {
			w = strconv.Quote(*want[i])
		}
		fmt.Fprintf(&text, "%s (want %s), ", g, w)
	}
	return text.String()
}

// The rows from a damaged page to the end of its row group are lost, and no others.
func TestRowsAfterADamagedPageAreLost(t *testing.T) {
	const rows = 3000
	table := examples(rows)
	parts := parquets.Take(t, parquets.Write(t, table, parquets.Layout{Codec: "zstd", Group: 1000, Page: 2000}))
	lost := int64(1000)
	pages := parts.Groups[1].Columns[0].Pages
	for _, page := range pages[:5] {
		lost -= int64(page.Header.DataPageHeader.V.NumValues)
	}
	pages[5].Data[100] ^= 0x10
	got, gaps := readAll(t, parts.File(t), 1<<20)
	if len(gaps) != 1 || gaps[0].Rows != lost || len(got)+int(lost) != rows {
		t.Fatalf("%d rows, gaps %v", len(got), gaps)
	}
	if text := gaps[0].Error(); !strings.HasPrefix(text, `row group 2, column "text", page 6: its checksum does not match`) {
		t.Error(text)
	}
	for i := range got {
		row := i
		if i >= 2000-int(lost) {
			row += int(lost)
		}
		if want := rowOf(table, row); !equalRows(got[i], want) {
			t.Fatalf("row %d is %s", i, describe(got[i], want))
		}
	}
}

// A page whose header speaks of fewer values than it has would give its column's values to rows of others. No
// checksum covers headers.
func TestAHeaderOfTooFewValuesGivesNoValueToAnotherRow(t *testing.T) {
	const rows = 3000
	table := examples(rows)
	for name, layout := range map[string]parquets.Layout{
		"plain":         {Group: 1000, Page: 2000},
		"pages v2":      {Group: 1000, Page: 2000, V2: true},
		"differences":   {Group: 1000, Page: 2000, Delta: true},
		"lengths first": {Group: 1000, Page: 2000, Lengths: true, Codec: "snappy"},
	} {
		for column := range 5 {
			parts := parquets.Take(t, parquets.Write(t, table, layout))
			header := &parts.Groups[1].Columns[column].Pages[0].Header
			header.DataPageHeader.V.NumValues = max(0, header.DataPageHeader.V.NumValues-3)
			header.DataPageHeaderV2.V.NumValues = max(0, header.DataPageHeaderV2.V.NumValues-3)
			got, gaps := readAll(t, parts.File(t), 1<<20)
			if len(gaps) != 1 || gaps[0].Rows == 0 && len(got) == rows {
				t.Errorf("%s, column %s: %d rows, gaps %v", name, table[column].Name, len(got), gaps)
				continue
			}
			for i := range got {
				row := i
				if i >= 2000-int(gaps[0].Rows) {
					row += int(gaps[0].Rows)
				}
				if want := rowOf(table, row); !equalRows(got[i], want) {
					t.Errorf("%s, column %s: row %d is %s", name, table[column].Name, i, describe(got[i], want))
					break
				}
			}
		}
	}
}
