package parquets

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
	"pgregory.net/rapid"
)

// read returns the cells of a file, read by the library that wrote it: nil for null.
func read(tb testing.TB, file []byte) [][]any {
	tb.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		tb.Fatal(err)
	}
	var all [][]any
	for _, group := range f.RowGroups() {
		rows := group.Rows()
		buffer := make([]parquet.Row, 1)
		for {
			n, err := rows.ReadRows(buffer)
			if n == 0 {
				if rows.Close(); err != nil && err.Error() != "EOF" {
					tb.Fatal(err)
				}
				break
			}
			var row []any
			for _, v := range buffer[0] {
				row = append(row, plain(v))
			}
			all = append(all, row)
		}
	}
	return all
}

func plain(v parquet.Value) any {
	switch {
	case v.IsNull():
		return nil
	case v.Kind() == parquet.ByteArray:
		return string(v.ByteArray())
	case v.Kind() == parquet.Int64:
		return v.Int64()
	case v.Kind() == parquet.Double:
		return v.Double()
	}
	return v.Boolean()
}

// cells are the cells of a table as read returns them.
func cells(table []Column) [][]any {
	var all [][]any
	for i := range rows(table) {
		var row []any
		for _, c := range table {
			if at, ok := c.Values[i].(time.Time); ok {
				row = append(row, at.UnixMicro())
			} else {
				row = append(row, c.Values[i])
			}
		}
		all = append(all, row)
	}
	return all
}

// everyType is a table with a column of each type, in an order that is not that of the names.
func everyType(n int, null func(row, column int) bool) []Column {
	table := []Column{
		{Name: "z", Type: Text}, {Name: "b", Type: JSON}, {Name: "y", Type: Integer}, {Name: "c", Type: Double}, {Name: "x", Type: Boolean}, {Name: "d", Type: Timestamp},
	}
	for i := range n {
		for column, value := range []any{
			fmt.Sprint("text ", i), fmt.Sprintf(`{"n":%d}`, i), int64(i) - 5, float64(i) / 4, i%3 == 0, time.UnixMicro(int64(i) * -1_000_003).UTC(),
		} {
			if null(i, column) {
				value = nil
			}
			table[column].Values = append(table[column].Values, value)
		}
	}
	return table
}

func TestTablesComeBackFromEveryLayout(t *testing.T) {
	for _, layout := range append(Layouts(), Layout{Codec: "zstd", Group: 1, Page: 1}) {
		if layout.Codec == "lz4_raw" {
			continue // the library cannot read what it writes
		}
		t.Run(layout.String(), func(t *testing.T) {
			table := everyType(60, func(row, column int) bool { return column != 0 && (row+column)%5 == 0 })
			if got, want := read(t, Write(t, table, layout)), cells(table); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v\nwant %v", got, want)
			}
		})
	}
}

func TestTablesComeBackFromRandomLayouts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		pick := func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "choice") }
		layout := RandomLayout(pick)
		if layout.Codec == "lz4_raw" {
			layout.Codec = ""
		}
		table := everyType(pick(80), func(int, int) bool { return pick(4) == 0 })
		if got, want := read(t, Write(t, table, layout)), cells(table); !reflect.DeepEqual(got, want) {
			rt.Fatalf("%s: got %v\nwant %v", layout, got, want)
		}
	})
}

// TestPartsPutTogetherHoldTheSame takes apart and puts together files of this package and of DuckDB.
func TestPartsPutTogetherHoldTheSame(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/parquet/*_zstd.parquet")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		again := Take(t, file).File(t)
		if got, want := read(t, again), read(t, file); !reflect.DeepEqual(got, want) || len(want) == 0 {
			t.Errorf("%s: got %v\nwant %v", name, got, want)
		}
	}
}

// TestExportsHaveTheSchemaOfPostHog compares JSON lines that became a table with what DuckDB wrote of them.
func TestExportsHaveTheSchemaOfPostHog(t *testing.T) {
	const dir = "../../../testdata/parquet/"
	for name, table := range map[string]func(testing.TB, []byte) []Column{"events": Events, "persons": Persons} {
		lines, err := os.ReadFile(dir + name + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		written, err := os.ReadFile(dir + name + "_zstd.parquet")
		if err != nil {
			t.Fatal(err)
		}
		if got, want := read(t, Write(t, table(t, lines), Layout{})), read(t, written); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v\nwant %v", name, got, want)
		}
	}
}

func TestAColumnOfMixedTypesIsText(t *testing.T) {
	table := Events(t, []byte(`{"event":"a","timestamp":"2026-03-04T10:00:00Z"}`+"\n"+`{"event":"b","timestamp":"yesterday"}`+"\n"))
	want := []Column{
		{Name: "event", Values: []any{"a", "b"}},
		{Name: "timestamp", Values: []any{"2026-03-04T10:00:00Z", "yesterday"}},
	}
	if !reflect.DeepEqual(table, want) {
		t.Errorf("got %v", table)
	}
}

// TestLayoutsAreStoredAsTheySay looks at the pages: a writer that ignored an option would still write what
// comes back.
func TestLayoutsAreStoredAsTheySay(t *testing.T) {
	table := everyType(60, func(row, column int) bool { return row%7 == 3 })
	for _, layout := range append(Layouts(), Layout{Codec: "zstd", V2: true, Dictionary: true, Group: 7, Page: 100}) {
		parts := Take(t, Write(t, table, layout))
		groups := 1
		if layout.Group > 0 {
			groups = (60 + layout.Group - 1) / layout.Group
		}
		chunk := parts.Groups[0].Columns[0]
		first, last := chunk.Pages[0].Header, chunk.Pages[len(chunk.Pages)-1].Header
		coded := last.DataPageHeader.V.Encoding
		if layout.V2 {
			coded = last.DataPageHeaderV2.V.Encoding
		}
		want := format.Plain
		switch {
		case layout.Dictionary:
			want = format.RLEDictionary
		case layout.Delta:
			want = format.DeltaByteArray
		case layout.Lengths:
			want = format.DeltaLengthByteArray
		}
		switch {
		case len(parts.Groups) != groups:
			t.Errorf("%s: %d row groups", layout, len(parts.Groups))
		case (first.Type == format.DictionaryPage) != layout.Dictionary:
			t.Errorf("%s: the first page is a %s", layout, first.Type)
		case (last.Type == format.DataPageV2) != layout.V2:
			t.Errorf("%s: the last page is a %s", layout, last.Type)
		case coded != want:
			t.Errorf("%s: the last page is coded as %s", layout, coded)
		case (first.CRC == 0) != layout.NoSums:
			t.Errorf("%s: the checksum is %d", layout, first.CRC)
		case layout.Page > 0 && layout.Group == 0 && !layout.Dictionary && len(chunk.Pages) < 60*10/(layout.Page+100):
			t.Errorf("%s: %d pages", layout, len(chunk.Pages))
		}
	}
}

func TestSetDataKeepsTheChecksum(t *testing.T) {
	parts := Take(t, Write(t, []Column{{Name: "a", Values: []any{"some"}}}, Layout{}))
	page := parts.Groups[0].Columns[0].Pages[0]
	before := page.Header.CRC
	page.SetData(bytes.Replace(page.Data, []byte("some"), []byte("more"), 1))
	if got := read(t, parts.File(t)); before == page.Header.CRC || !reflect.DeepEqual(got, [][]any{{"more"}}) {
		t.Errorf("got %v, and the checksum is the same: %t", got, before == page.Header.CRC)
	}
}
