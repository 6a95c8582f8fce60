package parquets

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// A Fault is a file in which something is wrong.
type Fault struct {
	Name string
	File []byte
	Lost [2]int64 // the rows that cannot be read, from the first one to before the second one; the first row is 0
	// All says that nothing of the file can be read, which has no footer, or one that contradicts itself.
	All bool
	// Unsure says that nothing tells where it went wrong: any rows of Lost may be missing or wrong. Others must
	// be there.
	Unsure bool
	// Silent says that it may even go unnoticed.
	Silent bool
	Less   int64 // of Lost, how many rows the file says it does not have
}

// Faults are a sound file with one thing wrong in each, at every kind of place. The file must have at least
// three row groups with at least three pages of a column that may be null; that is what is damaged.
func Faults(tb testing.TB, file []byte, column string) []Fault {
	tb.Helper()
	f := faults{tb: tb, file: file, column: Take(tb, file).Column(column)}
	f.cuts()
	f.footers()
	f.headers()
	f.contents()
	f.dictionaries()
	f.counts()
	f.joins()
	return f.all
}

type faults struct {
	tb     testing.TB
	file   []byte
	column int
	all    []Fault
}

func (f *faults) add(one Fault) { f.all = append(f.all, one) }

// whole adds a file of which nothing can be read.
func (f *faults) whole(name string, file []byte) { f.add(Fault{Name: name, File: file, All: true}) }

// cuts are files that end too soon.
func (f *faults) cuts() {
	size := len(f.file)
	footer := size - 8 - int(binary.LittleEndian.Uint32(f.file[size-8:]))
	for _, cut := range []struct {
		name string
		at   int
	}{
		{"in the magic", 3}, {"after the magic", 4}, {"after 11 bytes", 11}, {"in the first page", 40}, {"in the middle", footer / 2}, {"before the footer", footer},
		{"in the footer", footer + (size-footer)/2}, {"before the trailer", size - 8}, {"in the trailer", size - 5}, {"before the last magic", size - 4}, {"one byte short", size - 1},
	} {
		f.whole("cut off "+cut.name, bytes.Clone(f.file[:cut.at]))
	}
}

// footers are wrong at the end of the file.
func (f *faults) footers() {
	size := len(f.file)
	changed := func(at int, with ...byte) []byte {
		file := bytes.Clone(f.file)
		copy(file[at:], with)
		return file
	}
	length := binary.LittleEndian.Uint32(f.file[size-8:])
	sized := func(n uint32) []byte { return changed(size-8, binary.LittleEndian.AppendUint32(nil, n)...) }
	start := size - 8 - int(length)
	f.whole("a footer of 4 GiB", sized(1<<32-1))
	f.whole("a footer as long as the file", sized(uint32(size)))
	f.whole("a footer without bytes", sized(0))
	f.whole("a footer one byte too long", sized(length+1))
	f.whole("a footer one byte too short", sized(length-1))
	f.whole("zeros in place of the footer", changed(start, make([]byte, length)...))
	f.whole("zeros in place of the second half", changed(size/2, make([]byte, size-size/2)...))
	f.whole("ones in place of the footer", changed(start, bytes.Repeat([]byte{0xff}, int(length))...))
	f.whole("a list of 2^31 elements in the footer", changed(start+2, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07))
	f.whole("another last magic", changed(size-4, []byte("PAR2")...))
	f.whole("a line end after it", append(bytes.Clone(f.file), '\n'))
	f.whole("zeros after it", append(bytes.Clone(f.file), make([]byte, 100)...))
	f.whole("text after it", append(bytes.Clone(f.file), "garbage at the end of the file"...))
	for _, lie := range []struct {
		name string
		tell func(meta *format.FileMetaData)
	}{
		{"more rows than the row groups have", func(meta *format.FileMetaData) { meta.NumRows++ }},
		{"fewer rows than the row groups have", func(meta *format.FileMetaData) { meta.NumRows-- }},
		{"a number of rows below zero", func(meta *format.FileMetaData) { meta.NumRows, meta.RowGroups[1].NumRows = -1, -1 }},
		{"a row group without a column", func(meta *format.FileMetaData) {
			meta.RowGroups[1].Columns = slices.Delete(slices.Clone(meta.RowGroups[1].Columns), 0, 1)
		}},
		{"a schema of more columns", func(meta *format.FileMetaData) {
			meta.Schema[0].NumChildren = thrift.Null[int32]{V: 1 << 30, Valid: true}
		}},
		{"a schema of fewer columns", func(meta *format.FileMetaData) { meta.Schema[0].NumChildren.V-- }},
		{"a schema of fewer than no columns", func(meta *format.FileMetaData) { meta.Schema[0].NumChildren.V = -1 }},
		{"a column of more values than rows", func(meta *format.FileMetaData) { f.meta(meta).NumValues++ }},
		{"no schema", func(meta *format.FileMetaData) { meta.Schema = nil }},
		{"nesting without end", func(meta *format.FileMetaData) {
			for range 100_000 {
				meta.Schema = append(meta.Schema, format.SchemaElement{Name: "x", NumChildren: thrift.Null[int32]{V: 1, Valid: true}})
			}
			meta.Schema[0].NumChildren.V++
		}},
		{"a page before the file", func(meta *format.FileMetaData) { f.meta(meta).DataPageOffset = -5 }},
		{"a page after the file", func(meta *format.FileMetaData) {
			f.meta(meta).DataPageOffset, f.meta(meta).DictionaryPageOffset = 1<<40, 0
		}},
		{"pages of no bytes", func(meta *format.FileMetaData) { f.meta(meta).TotalCompressedSize = 0 }},
		{"values of another type", func(meta *format.FileMetaData) { f.meta(meta).Type = format.Int96 }},
		{"pages of fewer than no bytes", func(meta *format.FileMetaData) { f.meta(meta).TotalCompressedSize = -1 }},
		{"pages up to the end of the world", func(meta *format.FileMetaData) { f.meta(meta).TotalCompressedSize = 1<<63 - 1 }},
	} {
		parts := Take(f.tb, f.file)
		parts.Lie = lie.tell
		f.whole("a footer that lies: "+lie.name, parts.File(f.tb))
	}
}

// chunk is the column in the second row group.
func (f *faults) chunk(parts *Parts) *Chunk { return &parts.Groups[1].Columns[f.column] }

// meta is what the footer says of the column in the second row group.
func (f *faults) meta(meta *format.FileMetaData) *format.ColumnMetaData {
	return &meta.RowGroups[1].Columns[f.column].MetaData
}

// damaged adds a file in which a page of the second row group is changed: the second one with values. Rows are
// lost from its first one to the end of the row group.
func (f *faults) damaged(name string, change func(page *Page), more ...func(*Fault)) {
	parts := Take(f.tb, f.file)
	page, first := f.second(parts)
	change(page)
	one := Fault{Name: name, File: parts.File(f.tb), Lost: [2]int64{first, parts.Groups[0].Rows + parts.Groups[1].Rows}}
	for _, set := range more {
		set(&one)
	}
	f.add(one)
}

func unsure(one *Fault) { one.Unsure = true }

// second is the second page with values of the second row group, with the number of its first row.
func (f *faults) second(parts *Parts) (page *Page, first int64) {
	pages := f.pages(parts)
	return pages[1], parts.Groups[0].Rows + pages[0].values()
}

// pages are those with values in the second row group.
func (f *faults) pages(parts *Parts) (pages []*Page) {
	for _, page := range f.chunk(parts).Pages {
		if page.Header.Type != format.DictionaryPage {
			pages = append(pages, page)
		}
	}
	if len(parts.Groups) < 3 || len(pages) < 3 {
		f.tb.Fatalf("%d row groups, and %d pages in the second: too few to be damaged", len(parts.Groups), len(pages))
	}
	return pages
}

// values is how many values a page says it has.
func (page *Page) values() int64 {
	if page.Header.Type == format.DataPageV2 {
		return int64(page.Header.DataPageHeaderV2.V.NumValues)
	}
	return int64(page.Header.DataPageHeader.V.NumValues)
}

// setValues lets a page say that it has so many.
func (page *Page) setValues(n int32) {
	page.Header.DataPageHeader.V.NumValues, page.Header.DataPageHeaderV2.V.NumValues = n, n
}

func (page *Page) setEncoding(to format.Encoding) {
	page.Header.DataPageHeader.V.Encoding, page.Header.DataPageHeaderV2.V.Encoding = to, to
}

// headers are wrong in the header of a page.
func (f *faults) headers() {
	for _, size := range []int32{-1, -1 << 31, 1<<31 - 1, 1 << 20} {
		f.damaged(fmt.Sprintf("a page that says it has %d bytes", size), func(page *Page) { page.Header.CompressedPageSize = size })
	}
	for _, size := range []int32{-1, -1 << 31, 1<<31 - 1} {
		f.damaged(fmt.Sprintf("a page that says its text has %d bytes", size), func(page *Page) { page.Header.UncompressedPageSize = size })
	}
	f.damaged("a page that says its text has a byte more", func(page *Page) { page.Header.UncompressedPageSize++ })
	f.damaged("a page that says its text has a byte less", func(page *Page) { page.Header.UncompressedPageSize-- })
	f.damaged("a page that says its text has no bytes", func(page *Page) { page.Header.UncompressedPageSize = 0 })
	f.damaged("zeros in place of a header", func(page *Page) { page.Raw = make([]byte, 20) })
	f.damaged("ones in place of a header", func(page *Page) { page.Raw = bytes.Repeat([]byte{0xff}, 20) })
	f.damaged("text in place of a header", func(page *Page) { page.Raw = []byte("the header of this page is gone") })
	f.damaged("half a header", func(page *Page) { header := Encode(f.tb, &page.Header); page.Raw = header[:len(header)/2] })
	f.damaged("a header without the part of its type", func(page *Page) {
		page.Header.DataPageHeader.Valid, page.Header.DataPageHeaderV2.Valid = false, false
	})
	f.damaged("a header with a list of 2^31 elements", func(page *Page) { page.Raw = []byte{0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0} })
	f.damaged("a header with structs in structs", func(page *Page) { page.Raw = bytes.Repeat([]byte{0x1c}, 10_000) })
	f.damaged("a dictionary in place of values", func(page *Page) { page.Header.Type = format.DictionaryPage })
	f.damaged("an encoding that does not exist", func(page *Page) { page.setEncoding(99) })
	f.damaged("a bit of a header", func(page *Page) {
		header := Encode(f.tb, &page.Header)
		header[len(header)/2] ^= 4
		page.Raw = header
	}, unsure, silent)
	f.damaged("values below zero", func(page *Page) { page.setValues(-1) })
	f.damaged("2^31 values", func(page *Page) { page.setValues(1<<31 - 1) })
	f.damaged("a value too many", func(page *Page) { page.setValues(int32(page.values()) + 1) }, unsure)
	f.damaged("a value too few", func(page *Page) { page.setValues(int32(page.values()) - 1) }, unsure)
	f.damaged("no values", func(page *Page) { page.setValues(0) }, unsure)
}

// contents are wrong in the bytes of a page.
func (f *faults) contents() {
	if parts := Take(f.tb, f.file); f.pages(parts)[1].Header.CRC != 0 {
		for at := range len(f.pages(parts)[1].Data) {
			if at%7 == 0 || at < 8 {
				f.damaged(fmt.Sprintf("a bit of byte %d, with a checksum", at), func(page *Page) { page.Data[at] ^= 1 << (at % 8) })
			}
		}
		f.damaged("another checksum", func(page *Page) { page.Header.CRC++ })
		f.damaged("zeros in place of a page", func(page *Page) { clear(page.Data) })
	}
	for at := range len(f.pages(Take(f.tb, f.file))[1].Data) {
		f.damaged(fmt.Sprintf("a bit of byte %d, without a checksum", at), func(page *Page) {
			page.Data[at] ^= 1 << (at % 8)
			page.Header.CRC = 0
		}, unsure, silent)
	}
	f.damaged("ones in place of a page, without a checksum", func(page *Page) {
		page.SetData(bytes.Repeat([]byte{0xff}, len(page.Data)))
	}, unsure)
	f.damaged("a page that is cut off", func(page *Page) { page.SetData(page.Data[:len(page.Data)/2]) }, unsure)
	f.damaged("a page without bytes", func(page *Page) { page.SetData(nil) })
}
