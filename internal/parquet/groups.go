package parquet

import (
	"errors"
	"io"

	"github.com/parquet-go/parquet-go/format"
)

// nextGroup begins to read the next row group. It returns io.EOF if there is none.
func (t *RowText) nextGroup() error {
	if err := t.endGroup(); err != nil {
		return err
	}
	groups := t.file.meta.RowGroups
	if t.group > 0 {
		t.before += bytesOf(&groups[t.group-1])
	}
	if t.group == len(groups) {
		for i := range t.columns {
			t.columns[i].section.begin(t.file.at, 0, 0)
		}
		t.before = t.file.size
		return io.EOF
	}
	g := &groups[t.group]
	t.group++
	t.rows, t.whole = g.NumRows, true
	for i := range t.columns {
		c := &t.columns[i]
		c.begin(&g.Columns[c.column.leaf], t.file, g.NumRows)
	}
	return nil
}

// endGroup returns an error if all rows of a row group have been read, and a column has more values: then one
// of its pages is not where it should be, and its values may have come to rows of others.
func (t *RowText) endGroup() error {
	if !t.whole {
		return nil
	}
	t.whole = false
	for i := range t.columns {
		if err := t.columns[i].end(); err != nil {
			return t.damaged(&t.columns[i], err)
		}
	}
	return nil
}

// end returns an error if there are more values.
func (c *columnReader) end() error {
	if err := c.endPage(); err != nil || c.section.left() == 0 {
		return err
	}
	h, err := c.section.readHeader()
	if _, failed := errors.AsType[*fileError](err); failed {
		return err
	}
	if err != nil {
		return nil // what else may stand there holds nothing
	}
	if n, _ := valuesOf(h); n > 0 {
		c.pages++
		return errors.New("the row group has no rows for its values")
	}
	return nil
}

// bytesOf returns how many bytes of the file a row group has.
func bytesOf(g *format.RowGroup) (n int64) {
	for i := range g.Columns {
		n += max(0, g.Columns[i].MetaData.TotalCompressedSize)
	}
	return n
}

// begin begins to read the column's values in a row group of so many rows.
func (c *columnReader) begin(chunk *format.ColumnChunk, f *File, rows int64) {
	start, size := pagesOf(&chunk.MetaData)
	c.section.begin(f.at, start, start+size)
	c.codec, c.pages, c.left, c.inPage = chunk.MetaData.Codec, 0, rows, 0
	c.entries.known, c.values = false, nil
}
