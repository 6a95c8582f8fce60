package parquets

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/encoding"
)

// Write returns a table as a Parquet file.
func Write(tb testing.TB, table []Column, layout Layout) []byte {
	tb.Helper()
	var file bytes.Buffer
	if err := write(&file, table, layout); err != nil {
		tb.Fatal(err)
	}
	if layout.NoSums {
		parts := Take(tb, file.Bytes())
		for page := range parts.Pages() {
			page.Header.CRC = 0
		}
		return parts.File(tb)
	}
	return file.Bytes()
}

func write(file io.Writer, table []Column, layout Layout) error {
	root := ordered{parquet.Group{}, map[string]int{}}
	optional := make([]bool, len(table))
	for i, c := range table {
		optional[i] = !layout.Required || slices.Contains(c.Values, nil)
		node := layout.node(c.Type)
		if optional[i] {
			node = parquet.Optional(node)
		}
		root.Group[c.Name], root.order[c.Name] = node, i
	}
	options := []parquet.WriterOption{
		parquet.NewSchema("schema", root), parquet.Compression(codecs[layout.Codec]), parquet.DataPageVersion(1), parquet.CreatedBy("parquets", "1", "test"),
	}
	if layout.V2 {
		options = append(options, parquet.DataPageVersion(2))
	}
	if layout.Page > 0 {
		options = append(options, parquet.PageBufferSize(layout.Page))
	}
	w := parquet.NewWriter(file, options...)
	for i := range rows(table) {
		if layout.Group > 0 && i > 0 && i%layout.Group == 0 {
			if err := w.Flush(); err != nil {
				return err
			}
		}
		row := make(parquet.Row, len(table))
		for column, c := range table {
			row[column] = value(c.Values[i], optional[column], column)
		}
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			return err
		}
	}
	return w.Close()
}

var codecs = map[string]compress.Codec{
	"": &parquet.Uncompressed, "snappy": &parquet.Snappy, "gzip": &parquet.Gzip, "zstd": &parquet.Zstd, "brotli": &parquet.Brotli, "lz4_raw": &parquet.Lz4Raw,
}

// ordered is a group whose fields keep their order.
type ordered struct {
	parquet.Group
	order map[string]int
}

func (o ordered) Fields() []parquet.Field {
	fields := o.Group.Fields()
	slices.SortFunc(fields, func(a, b parquet.Field) int { return cmp.Compare(o.order[a.Name()], o.order[b.Name()]) })
	return fields
}

// value is a cell of a column as the writer takes it.
func value(cell any, optional bool, column int) parquet.Value {
	value := parquet.ValueOf(cell)
	if at, ok := cell.(time.Time); ok {
		value = parquet.Int64Value(at.UnixMicro())
	}
	if optional && cell != nil {
		return value.Level(0, 1, column)
	}
	return value.Level(0, 0, column)
}

// node is the schema of a column of a type whose values cannot be null.
func (l Layout) node(as Type) parquet.Node {
	var node parquet.Node
	var coded encoding.Encoding = &parquet.Plain
	text := as == Text || as == JSON
	switch {
	case l.Dictionary && as != Boolean:
		coded = &parquet.RLEDictionary
	case l.Delta && text:
		coded = &parquet.DeltaByteArray
	case l.Delta && (as == Integer || as == Timestamp):
		coded = &parquet.DeltaBinaryPacked
	case l.Delta && as == Boolean:
		coded = &parquet.RLE
	case l.Lengths && text:
		coded = &parquet.DeltaLengthByteArray
	case l.Lengths && as != Boolean:
		coded = &parquet.ByteStreamSplit
	}
	switch as {
	case Text:
		node = parquet.String()
	case JSON:
		node = parquet.JSON()
	case Integer:
		node = parquet.Leaf(parquet.Int64Type)
	case Double:
		node = parquet.Leaf(parquet.DoubleType)
	case Boolean:
		node = parquet.Leaf(parquet.BooleanType)
	case Timestamp:
		node = parquet.Timestamp(parquet.Microsecond)
	}
	return parquet.Encoded(node, coded)
}
