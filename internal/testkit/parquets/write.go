package parquets

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"testing"

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
	for i, c := range table {
		root.Group[c.Name], root.order[c.Name] = layout.node(&c), i
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
			row[column] = layout.value(&c, i, column)
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

// node is the schema of a column.
func (l Layout) node(c *Column) parquet.Node {
	var node parquet.Node
	var coded encoding.Encoding = &parquet.Plain
	text := c.Type == Text || c.Type == JSON
	switch {
	case l.Dictionary && c.Type != Boolean:
		coded = &parquet.RLEDictionary
	case l.Delta && text:
		coded = &parquet.DeltaByteArray
	case l.Delta && (c.Type == Integer || c.Type == Timestamp):
		coded = &parquet.DeltaBinaryPacked
	case l.Delta && c.Type == Boolean:
		coded = &parquet.RLE
	case l.Lengths && text:
		coded = &parquet.DeltaLengthByteArray
	case l.Lengths && c.Type != Boolean:
		coded = &parquet.ByteStreamSplit
	}
	switch c.Type {
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
	node = parquet.Encoded(node, coded)
	if l.optional(c) {
		node = parquet.Optional(node)
	}
	return node
}

func (l Layout) optional(c *Column) bool { return !l.Required || c.hasNull() }
