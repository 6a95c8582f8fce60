package parquets

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// A Bomb is a small file that would take much memory or time if it were believed.
type Bomb struct {
	Name string
	Make func(tb testing.TB) []byte
	// Rows is how many rows can be read all the same: all three, or all but one that is too long. It is 0 if
	// the file is damaged, or refused.
	Rows int
	Slow bool // it takes seconds to make, or to read
}

const (
	mostPage = 128 << 20 // bytes of the largest page that is read
	most32   = 1<<31 - 1
)

// Bombs are bombs of every kind.
func Bombs() []Bomb {
	var all []Bomb
	for _, codec := range Codecs[1:] {
		all = append(all,
			Bomb{Name: "a cell of 128 MiB in " + codec, Rows: 2, Make: func(tb testing.TB) []byte { return longCells(tb, codec, "properties") }},
			Bomb{Name: "cells of 128 MiB in all columns in " + codec, Rows: 2, Slow: codec != "zstd", Make: func(tb testing.TB) []byte {
				return longCells(tb, codec, "properties", "person_properties", "elements_chain", "event", "distinct_id", "uuid", "person_id")
			}},
			Bomb{Name: "a page of 1 KiB that has 1 GiB in " + codec, Slow: codec != "zstd", Make: func(tb testing.TB) []byte {
				return changed(tb, Layout{Codec: codec, Required: true}, func(parts *Parts) {
					page := parts.page("properties")
					page.SetData(packed(tb, codec, make([]byte, 1<<30)))
					page.Header.UncompressedPageSize = 1 << 10
				})
			}},
		)
	}
	return append(all,
		Bomb{Name: "2^31 rows of nulls", Slow: true, Make: func(tb testing.TB) []byte { return rowsOfOneRun(tb, true) }},
		Bomb{Name: "2^31 equal rows", Make: func(tb testing.TB) []byte { return rowsOfOneRun(tb, false) }},
		Bomb{Name: "a cell of 20 MiB in 2^20 rows", Make: longCellManyTimes},
		Bomb{Name: "cells that begin with the one before", Slow: true, Make: growingCells},
		Bomb{Name: "2^60 lengths", Make: func(tb testing.TB) []byte { return lengths(tb, 1<<60, 1<<30) }},
		Bomb{Name: "blocks of 2^60 lengths", Make: func(tb testing.TB) []byte { return lengths(tb, 1<<60, 1<<60) }},
		Bomb{Name: "a dictionary of 2^25 empty texts", Make: emptyTexts},
		Bomb{Name: "2^17 pages without values", Rows: 3, Make: emptyPages},
		Bomb{Name: "headers of 7 MiB", Rows: 3, Make: longHeaders},
		Bomb{Name: "150,000 columns", Make: func(tb testing.TB) []byte { return manyColumns(tb, 150_000) }},
		Bomb{Name: "1,000,000 notes", Make: func(tb testing.TB) []byte {
			return changed(tb, Layout{}, func(parts *Parts) { parts.Meta.KeyValueMetadata = make([]format.KeyValue, 1_000_000) })
		}},
		Bomb{Name: "20,000 row groups", Make: func(tb testing.TB) []byte {
			return changed(tb, Layout{}, func(parts *Parts) {
				for len(parts.Groups) < 20_000 {
					parts.Groups = append(parts.Groups, parts.Groups[0])
				}
			})
		}},
	)
}

// changed is a file of three events of which something is changed.
func changed(tb testing.TB, layout Layout, change func(parts *Parts)) []byte {
	tb.Helper()
	var lines []byte
	for i := range 3 {
		lines = fmt.Appendf(lines, `{"uuid":"019cb84c-40bc-7204-b360-%012d","event":"Order Completed","distinct_id":"user_%[1]d","timestamp":"2026-03-04T10:00:00Z",`+
			`"person_id":"019cb84c-2222-7000-8000-%012[1]d","elements_chain":"","properties":{"n":%[1]d},"person_properties":{}}`+"\n", i)
	}
	parts := Take(tb, Write(tb, Events(tb, lines), layout))
	change(parts)
	return parts.File(tb)
}

// page is the last page of a column in the first row group.
func (p *Parts) page(column string) *Page {
	pages := p.Groups[0].Columns[p.Column(column)].Pages
	return pages[len(pages)-1]
}

// SetText gives a dictionary, or a page of version 1, other text, and lets its header say the length and checksum.
func (page *Page) SetText(tb testing.TB, codec string, text []byte) {
	page.SetData(packed(tb, codec, text))
	page.Header.UncompressedPageSize = int32(len(text))
}

func packed(tb testing.TB, codec string, text []byte) []byte {
	tb.Helper()
	data, err := codecs[codec].Encode(nil, text)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// plainTexts are byte arrays as the plain encoding has them.
func plainTexts(texts ...[]byte) (data []byte) {
	for _, text := range texts {
		data = append(binary.LittleEndian.AppendUint32(data, uint32(len(text))), text...)
	}
	return data
}

// longCells gives the second row cells that fill the largest page.
func longCells(tb testing.TB, codec string, columns ...string) []byte {
	return changed(tb, Layout{Codec: codec, Required: true}, func(parts *Parts) {
		text := []byte("{}")
		long := bytes.Repeat([]byte("a"), mostPage-3*4-2*len(text))
		for _, column := range columns {
			parts.page(column).SetText(tb, codec, plainTexts(text, long, text))
		}
	})
}

// rowsOfOneRun is a file of 2^31 rows, each column of which is one run: of nulls, or of the one value of its
// dictionary.
func rowsOfOneRun(tb testing.TB, nulls bool) []byte {
	return changed(tb, Layout{Dictionary: !nulls, Required: !nulls}, func(parts *Parts) { parts.run(tb, most32, nulls) })
}

// run makes a row group of so many equal rows.
func (p *Parts) run(tb testing.TB, rows int32, nulls bool) {
	p.Groups[0].Rows = int64(rows)
	for i := range p.Groups[0].Columns {
		c := &p.Groups[0].Columns[i]
		c.Meta.NumValues = int64(rows)
		page := c.Pages[len(c.Pages)-1]
		run := append(binary.AppendUvarint(nil, uint64(rows)<<1), 0)
		if nulls {
			page.SetText(tb, "", append(binary.LittleEndian.AppendUint32(nil, uint32(len(run))), run...))
		} else {
			page.SetText(tb, "", append([]byte{1}, run...)) // indexes have one bit
		}
		page.setValues(rows)
	}
}

// longCellManyTimes has one long text in a dictionary, and a million rows with it.
func longCellManyTimes(tb testing.TB) []byte {
	return changed(tb, Layout{Codec: "zstd", Dictionary: true, Required: true}, func(parts *Parts) {
		const rows = 1 << 20
		for i := range parts.Groups[0].Columns {
			c := &parts.Groups[0].Columns[i]
			c.Meta.NumValues = rows
			page := c.Pages[1]
			page.SetText(tb, "zstd", append(append([]byte{1}, binary.AppendUvarint(nil, rows<<1)...), 0))
			page.setValues(rows)
		}
		parts.Groups[0].Rows = rows
		dictionary := parts.Groups[0].Columns[parts.Column("properties")].Pages[0]
		dictionary.Header.DictionaryPageHeader.V.NumValues = 1
		dictionary.SetText(tb, "zstd", plainTexts([]byte(`{"a":"`+string(bytes.Repeat([]byte("a"), 20<<20))+`"}`)))
	})
}

// equalDeltas are integers of one value, as the encoding of differences has them: in blocks of so many, with one
// miniblock of no bits in each.
func equalDeltas(value int64, count, block uint64, blocks int) (data []byte) {
	for _, n := range []uint64{block, 1, count} {
		data = binary.AppendUvarint(data, n)
	}
	data = binary.AppendVarint(data, value)
	for range blocks {
		data = append(data, 0, 0) // the least difference, and the width
	}
	return data
}

// growingCells has a page of 1 MiB of text, each value of which is all of it.
func growingCells(tb testing.TB) []byte {
	return changed(tb, Layout{Dictionary: true, Required: true}, func(parts *Parts) {
		const rows, size = 1 << 20, 1 << 20
		parts.run(tb, rows, false)
		chunk := &parts.Groups[0].Columns[parts.Column("properties")]
		chunk.Pages = chunk.Pages[1:]
		page := chunk.Pages[0]
		page.setEncoding(format.DeltaByteArray)
		data := oneStep(0, size, rows)                 // how much each has of the one before
		data = append(data, oneStep(size, 0, rows)...) // how much follows
		page.SetText(tb, "", append(data, bytes.Repeat([]byte("a"), size)...))
	})
}

// oneStep are integers as the encoding of differences has them: first, and then all others.
func oneStep(first, others int64, count uint64) (data []byte) {
	const inBlock, minis = 1 << 20, 1 << 17
	for _, n := range []uint64{inBlock, minis, count} {
		data = binary.AppendUvarint(data, n)
	}
	data = binary.AppendVarint(data, first)
	data = binary.AppendVarint(data, 0) // the least difference
	widths := make([]byte, minis)
	widths[0] = 64
	data = append(data, widths...)
	data = binary.LittleEndian.AppendUint64(data, uint64(others-first))
	return append(data, make([]byte, 7*8)...)
}

// lengths has a column of byte arrays that says how many lengths it has, and how many are in a block.
func lengths(tb testing.TB, count, block uint64) []byte {
	return changed(tb, Layout{Lengths: true, Required: true}, func(parts *Parts) {
		parts.page("properties").SetText(tb, "", equalDeltas(0, count, block, 1000))
	})
}

// emptyTexts has a dictionary of as many values as a page has room for.
func emptyTexts(tb testing.TB) []byte {
	return changed(tb, Layout{Codec: "zstd", Dictionary: true, Required: true}, func(parts *Parts) {
		for i := range parts.Groups[0].Columns {
			c := &parts.Groups[0].Columns[i]
			if c.Meta.Type == format.ByteArray {
				c.Pages[0].SetText(tb, "zstd", make([]byte, mostPage))
				c.Pages[0].Header.DictionaryPageHeader.V.NumValues = mostPage / 4
			}
		}
	})
}

// emptyPages has pages that say that they have no values, before the one that has them.
func emptyPages(tb testing.TB) []byte {
	return changed(tb, Layout{Required: true}, func(parts *Parts) {
		chunk := &parts.Groups[0].Columns[parts.Column("properties")]
		empty := *chunk.Pages[0]
		empty.SetText(tb, "", nil)
		empty.setValues(0)
		empty.Raw = Encode(tb, &empty.Header)
		pages := make([]*Page, 1<<17, 1<<17+1)
		for i := range pages {
			pages[i] = &empty
		}
		chunk.Pages = append(pages, chunk.Pages[0])
	})
}

// longHeaders has statistics of 7 MiB in the header of each page.
func longHeaders(tb testing.TB) []byte {
	return changed(tb, Layout{Required: true}, func(parts *Parts) {
		for page := range parts.Pages() {
			page.Header.DataPageHeader.V.Statistics.MaxValue = make([]byte, 7<<20)
		}
	})
}

// manyColumns has a schema of so many columns, all with the same pages.
func manyColumns(tb testing.TB, columns int) []byte {
	return changed(tb, Layout{}, func(parts *Parts) {
		parts.Lie = func(meta *format.FileMetaData) {
			group := &meta.RowGroups[0]
			element, chunk := meta.Schema[len(meta.Schema)-1], group.Columns[len(group.Columns)-1]
			for i := len(group.Columns); i < columns; i++ {
				name := fmt.Sprintf("properties.%d", i)
				element.Name, chunk.MetaData.PathInSchema = name, thrift.Slice[string]{name}
				meta.Schema, group.Columns = append(meta.Schema, element), append(group.Columns, chunk)
			}
			meta.Schema[0].NumChildren.V = int32(columns)
		}
	})
}
