package parquet_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"ph2cio/internal/codec"
	"ph2cio/internal/parquet"
	"ph2cio/internal/testkit/parquets"
)

// read returns the rows of all columns of a file, each cell quoted, and the gaps between them. It reads window
// bytes at a time.
func read(t testing.TB, file []byte, window int) (rows []string, gaps []*codec.Damage, err error) {
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
	buffer := make([]byte, window)
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

// rowsOf returns the rows of a table as read does.
func rowsOf(table []parquets.Column) (rows []string) {
	for i := range table[0].Values {
		cells := make([][]byte, len(table))
		for j, c := range table {
			cells[j] = textOf(c.Values[i])
		}
		rows = append(rows, quoted(cells))
	}
	return rows
}

// textOf is the text of a cell; nil for null.
func textOf(value any) []byte {
	switch v := value.(type) {
	case string:
		return append([]byte{}, v...)
	case int64:
		return strconv.AppendInt(nil, v, 10)
	case bool:
		return strconv.AppendBool(nil, v)
	case time.Time:
		return v.AppendFormat(nil, "2006-01-02T15:04:05.000000Z")
	case float64:
		text, err := json.Marshal(v)
		if err != nil {
			return nil // which JSON does not have
		}
		return text
	}
	return nil
}

// difference says where rows first differ from those that are wanted; "" if nowhere.
func difference(got, want []string) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d rows, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			return fmt.Sprintf("row %d is\n%s, want\n%s", i, got[i], want[i])
		}
	}
	return ""
}

// examples is a table of rows that all differ, with every type of column, in which values are null here and there,
// and in runs.
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
