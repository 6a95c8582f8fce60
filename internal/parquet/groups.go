package parquet

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/format"
)

// nextGroup begins to read the next row group. It returns io.EOF if there is none.
func (t *RowText) nextGroup() error {
	groups := t.file.meta.RowGroups
	if t.group > 0 {
		t.before += bytesOf(&groups[t.group-1])
	}
	for i := range t.columns {
		t.columns[i].section.begin(t.file.at, 0, 0)
	}
	if t.group == len(groups) {
		t.before = t.file.size
		return io.EOF
	}
	g := &groups[t.group]
	t.group++
	t.rows = g.NumRows
	for i := range t.columns {
		c := &t.columns[i]
		chunk := &g.Columns[c.column.leaf]
		if err := c.begin(chunk, t.file, g.NumRows); err != nil {
			return t.damaged(c, err)
		}
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

// part returns where a column's pages of one row group are in the file.
func (f *File) part(m *format.ColumnMetaData) (start, end int64, err error) {
	start = m.DataPageOffset
	if dictionary := m.DictionaryPageOffset; dictionary > 0 && dictionary < start {
		start = dictionary
	}
	const magic = 4
	if start < magic || m.TotalCompressedSize < 0 || m.TotalCompressedSize > f.size-start {
		return 0, 0, errors.New("the footer says that its pages are outside of the file")
	}
	return start, start + m.TotalCompressedSize, nil
}

// begin begins to read the column's values in a row group of so many rows.
func (c *columnReader) begin(chunk *format.ColumnChunk, f *File, rows int64) error {
	m := &chunk.MetaData
	c.codec, c.pages, c.left, c.inPage = m.Codec, 0, rows, 0
	c.entries.known = false
	start, end, err := f.part(m)
	if err != nil {
		return err
	}
	if m.Type != c.column.physical {
		return fmt.Errorf("the footer says that its values are %s here, and %s in the schema", m.Type, c.column.physical)
	}
	c.section.begin(f.at, start, end)
	return nil
}
