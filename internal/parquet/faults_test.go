package parquet_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"testing"
	"time"

	"ph2cio/internal/codec"
	"ph2cio/internal/parquet"
	"ph2cio/internal/testkit/parquets"
)

// read returns the rows of all columns of a file, each cell quoted, and the gaps between them.
func read(t testing.TB, file []byte) (rows []string, gaps []*codec.Damage, err error) {
	t.Helper()
	f, err := parquet.Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, nil, err
	}
	var columns []int
	for i, c := range f.Columns() {
		if c.Trouble == "" {
			columns = append(columns, i)
		}
	}
	text := f.Text(columns, 1<<20)
	defer text.Close()
	var data []byte
	cells := make([][]byte, len(columns))
	buffer := make([]byte, 1000)
	for {
		n, err := text.Read(buffer)
		data = append(data, buffer[:n]...)
		whole, ends := parquet.SplitRows(data, nil)
		start := 0
		for _, end := range ends {
			if err := parquet.Cells(cells, data[start:end]); err != nil {
				t.Fatal(err)
			}
			rows, start = append(rows, quoted(cells)), int(end)
		}
		data = data[whole:]
		if err != nil && len(data) > 0 {
			t.Fatalf("%d bytes of a row before %v", len(data), err)
		}
		gap, missing := errors.AsType[*codec.Gap](err)
		switch {
		case missing:
			gaps = append(gaps, gap.Damage)
		case err == io.EOF:
			if text.Used() != int64(len(file)) {
				t.Errorf("at the end %d of %d bytes are used", text.Used(), len(file))
			}
			return rows, gaps, nil
		case err != nil:
			return rows, gaps, err
		}
	}
}

func quoted(cells [][]byte) string {
	var row []byte
	for _, cell := range cells {
		if cell == nil {
			row = append(row, "null "...)
		} else {
			row = append(strconv.AppendQuote(row, string(cell)), ' ')
		}
	}
	return string(row)
}

// exampleTable is a table of rows that all differ, in which values are null here and there.
func exampleTable(rows int) []parquets.Column {
	table := []parquets.Column{
		{Name: "id", Type: parquets.Integer}, {Name: "text", Type: parquets.Text}, {Name: "number", Type: parquets.Double}, {Name: "time", Type: parquets.Timestamp},
	}
	for i := range rows {
		values := []any{int64(i), fmt.Sprintf("value %d of some length", i*i%31), float64(i) / 8, time.UnixMicro(int64(i) * 1e9)}
		for j := range table {
			if j > 0 && (i+j)%6 == 0 {
				values[j] = nil
			}
			table[j].Values = append(table[j].Values, values[j])
		}
	}
	return table
}

// TestFaultsCostTheRowsBehindThem damages files at every kind of place. Rows before and after what is damaged
// are all there, no row comes that was not written, and the damage is reported with the number of rows.
func TestFaultsCostTheRowsBehindThem(t *testing.T) {
	const rows = 90
	table := exampleTable(rows)
	for _, layout := range []parquets.Layout{
		{}, {Codec: "zstd", Dictionary: true}, {Codec: "snappy", V2: true, Delta: true}, {V2: true, Lengths: true}, {Codec: "gzip", V2: true, Dictionary: true},
	} {
		layout.Group, layout.Page = 30, 100
		sound := parquets.Write(t, table, layout)
		want, gaps, err := read(t, sound)
		if err != nil || len(gaps) > 0 || len(want) != rows {
			t.Fatalf("%s: %d rows, %v, %v", layout, len(want), gaps, err)
		}
		for _, fault := range parquets.Faults(t, sound, "text") {
			t.Run(layout.String()+"/"+fault.Name, func(t *testing.T) { check(t, fault, want) })
		}
	}
}

func check(t *testing.T, fault parquets.Fault, want []string) {
	got, gaps, err := read(t, fault.File)
	if fault.All {
		if _, ok := errors.AsType[*codec.Damage](err); !ok || len(got) > 0 {
			t.Fatalf("%d rows, %v, want that nothing can be read", len(got), err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	from, to := int(fault.Lost[0]), int(fault.Lost[1])
	if !fault.Unsure {
		if !slices.Equal(got, slices.Concat(want[:from], want[to:])) {
			t.Errorf("%d rows, want all %d but those from %d to %d", len(got), len(want), from, to)
		}
		if len(gaps) != 1 || gaps[0].Rows != int64(to-from) && to > from {
			t.Errorf("%v, want one gap of %d rows", gaps, to-from)
		}
		return
	}
	after := len(want) - to
	if len(got) < from+after || !slices.Equal(got[:from], want[:from]) || !slices.Equal(got[len(got)-after:], want[to:]) {
		t.Errorf("%d rows, without some before %d or after %d", len(got), from, to)
	}
	if len(gaps) != 1 && !(len(gaps) == 0 && fault.Silent) {
		t.Errorf("%v, want one gap", gaps)
	}
	if all := len(want) - int(fault.Less); len(gaps) == 1 && len(got)+int(gaps[0].Rows) != all {
		t.Errorf("%d rows, and a gap of %d, want %d together", len(got), gaps[0].Rows, all)
	}
}
