package parquets

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"iter"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const magic = "PAR1"

// Parts are a Parquet file taken apart, to be changed and put together again.
type Parts struct {
	Groups []Group
	Meta   format.FileMetaData // File sets its row groups
	// Lie changes the metadata last, when offsets and sizes are those of the file. It may be nil.
	Lie func(meta *format.FileMetaData)
}

// A Group is a row group.
type Group struct {
	Columns []Chunk
	Rows    int64
}

// A Chunk holds the pages of one column in a row group.
type Chunk struct {
	Pages []*Page
	Meta  format.ColumnMetaData // File sets its offsets and sizes
}

// A Page is a page: its header, and the bytes after it as they are stored.
type Page struct {
	Header format.PageHeader
	Data   []byte
	Raw    []byte // stands in place of the header if it is not nil
}

// Take takes a sound file apart.
func Take(tb testing.TB, file []byte) *Parts {
	tb.Helper()
	end := len(file) - 8
	footer := file[end-int(binary.LittleEndian.Uint32(file[end:])) : end]
	p := &Parts{}
	if err := thrift.Unmarshal(&thrift.CompactProtocol{}, footer, &p.Meta); err != nil {
		tb.Fatal(err)
	}
	for _, g := range p.Meta.RowGroups {
		group := Group{Rows: g.NumRows}
		for _, c := range g.Columns {
			start := c.MetaData.DataPageOffset
			if at := c.MetaData.DictionaryPageOffset; at > 0 && at < start {
				start = at
			}
			chunk := Chunk{Meta: c.MetaData}
			for rest := file[start : start+c.MetaData.TotalCompressedSize]; len(rest) > 0; {
				page := &Page{}
				rest = page.take(tb, rest)
				chunk.Pages = append(chunk.Pages, page)
			}
			group.Columns = append(group.Columns, chunk)
		}
		p.Groups = append(p.Groups, group)
	}
	return p
}

// take reads a page at the start of data, and returns what comes after it.
func (page *Page) take(tb testing.TB, data []byte) []byte {
	tb.Helper()
	r := bytes.NewReader(data)
	if err := thrift.NewDecoder((&thrift.CompactProtocol{}).NewReader(r)).Decode(&page.Header); err != nil {
		tb.Fatal(err)
	}
	data = data[len(data)-r.Len():]
	n := page.Header.CompressedPageSize
	page.Data = bytes.Clone(data[:n])
	return data[n:]
}

// Pages are all pages, in the order of the file.
func (p *Parts) Pages() iter.Seq[*Page] {
	return func(yield func(*Page) bool) {
		for _, g := range p.Groups {
			for _, c := range g.Columns {
				for _, page := range c.Pages {
					if !yield(page) {
						return
					}
				}
			}
		}
	}
}

// Column is the number of the column of a name, the first being 0.
func (p *Parts) Column(name string) int {
	for i, c := range p.Groups[0].Columns {
		if c.Meta.PathInSchema[0] == name {
			return i
		}
	}
	panic("no column " + name)
}

// SetData gives a page other bytes, and lets its header say their length and checksum.
func (page *Page) SetData(data []byte) {
	page.Data = data
	page.Header.CompressedPageSize = int32(len(data))
	if page.Header.CRC != 0 {
		page.Header.CRC = int32(crc32.ChecksumIEEE(data))
	}
}

// File puts the parts together. Row groups say where their pages are and how many rows the groups have;
// headers stay as they are.
func (p *Parts) File(tb testing.TB) []byte {
	tb.Helper()
	file := []byte(magic)
	meta := p.Meta
	meta.RowGroups, meta.NumRows = nil, 0
	for _, g := range p.Groups {
		group := format.RowGroup{NumRows: g.Rows, FileOffset: int64(len(file)), Ordinal: int16(len(meta.RowGroups))}
		for _, c := range g.Columns {
			chunk := format.ColumnChunk{MetaData: c.Meta}
			file = c.append(tb, file, &chunk.MetaData)
			group.Columns = append(group.Columns, chunk)
			group.TotalByteSize += chunk.MetaData.TotalUncompressedSize
			group.TotalCompressedSize += chunk.MetaData.TotalCompressedSize
		}
		meta.RowGroups = append(meta.RowGroups, group)
		meta.NumRows += g.Rows
	}
	if p.Lie != nil {
		p.Lie(&meta)
	}
	footer := Encode(tb, &meta)
	file = append(file, footer...)
	file = binary.LittleEndian.AppendUint32(file, uint32(len(footer)))
	return append(file, magic...)
}

// append writes the pages of a column, and sets where they are.
func (c *Chunk) append(tb testing.TB, file []byte, meta *format.ColumnMetaData) []byte {
	tb.Helper()
	start := int64(len(file))
	meta.DictionaryPageOffset, meta.DataPageOffset, meta.TotalUncompressedSize = 0, 0, 0
	meta.BloomFilterOffset, meta.BloomFilterLength, meta.IndexPageOffset = 0, 0, 0
	for i, page := range c.Pages {
		at := int64(len(file))
		switch {
		case page.Header.Type == format.DictionaryPage && i == 0:
			meta.DictionaryPageOffset = at
		case meta.DataPageOffset == 0:
			meta.DataPageOffset = at
		}
		header := page.Raw
		if header == nil {
			header = Encode(tb, &page.Header)
		}
		meta.TotalUncompressedSize += int64(len(header)) + int64(page.Header.UncompressedPageSize)
		file = append(append(file, header...), page.Data...)
	}
	if meta.DataPageOffset == 0 {
		meta.DataPageOffset = start
	}
	meta.TotalCompressedSize = int64(len(file)) - start
	return file
}

// Encode returns a structure of the format's as it stands in files.
func Encode(tb testing.TB, v any) []byte {
	tb.Helper()
	text, err := thrift.Marshal(&thrift.CompactProtocol{}, v)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}
