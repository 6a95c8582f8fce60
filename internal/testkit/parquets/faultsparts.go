package parquets

import (
	"bytes"
	"slices"

	"github.com/parquet-go/parquet-go/format"
)

// dictionaries are wrong in the dictionary of the column in the second row group, if it has one.
func (f *faults) dictionaries() {
	first := f.chunk(Take(f.tb, f.file)).Pages[0].Header
	if first.Type != format.DictionaryPage {
		return
	}
	pages := func(name string, change func(c *Chunk)) {
		f.group(name, func(parts *Parts) { change(f.chunk(parts)) })
	}
	page := func(name string, change func(dictionary *Page), more ...func(*Fault)) {
		f.group(name, func(parts *Parts) { change(f.chunk(parts).Pages[0]) }, more...)
	}
	pages("no dictionary", func(c *Chunk) { c.Pages = c.Pages[1:] })
	pages("two dictionaries", func(c *Chunk) { c.Pages = slices.Insert(c.Pages, 1, c.Pages[0]) })
	page("a dictionary with more values than it has", func(d *Page) { d.Header.DictionaryPageHeader.V.NumValues = 1<<31 - 1 })
	page("a dictionary with fewer than no values", func(d *Page) { d.Header.DictionaryPageHeader.V.NumValues = -1 })
	page("a dictionary with no values", func(d *Page) { d.Header.DictionaryPageHeader.V.NumValues = 0 }, unsure)
	page("a dictionary that is cut off", func(d *Page) { d.SetData(d.Data[:len(d.Data)/2]) })
	page("a dictionary of another encoding", func(d *Page) { d.Header.DictionaryPageHeader.V.Encoding = format.DeltaByteArray })
	if first.CRC != 0 {
		page("a bit of a dictionary, with a checksum", func(d *Page) { d.Data[len(d.Data)/2] ^= 4 })
	}
}

// group adds a file in which the second row group is changed so that it cannot be read.
func (f *faults) group(name string, change func(parts *Parts), more ...func(*Fault)) {
	parts := Take(f.tb, f.file)
	from := parts.Groups[0].Rows
	one := Fault{Name: name, Lost: [2]int64{from, from + parts.Groups[1].Rows}}
	change(parts)
	one.File = parts.File(f.tb)
	for _, set := range more {
		set(&one)
	}
	f.add(one)
}

// counts are files in which pages and row groups do not have what they should.
func (f *faults) counts() {
	f.group("pages that begin within a page", func(parts *Parts) {
		parts.Lie = func(meta *format.FileMetaData) {
			f.meta(meta).DataPageOffset += 3
			f.meta(meta).DictionaryPageOffset = 0
		}
	})
	f.group("a page in the middle is missing", func(parts *Parts) {
		c, second := f.chunk(parts), f.pages(parts)[1]
		c.Pages = slices.DeleteFunc(c.Pages, func(page *Page) bool { return page == second })
	}, unsure)
	f.group("a page in the middle comes twice", func(parts *Parts) {
		c, second := f.chunk(parts), f.pages(parts)[1]
		c.Pages = slices.Insert(c.Pages, slices.Index(c.Pages, second), second)
	}, unsure)
	f.group("the last page comes twice", func(parts *Parts) { c := f.chunk(parts); c.Pages = append(c.Pages, c.Pages[len(c.Pages)-1]) }, noRow)
	f.group("the last page is missing", func(parts *Parts) { c := f.chunk(parts); c.Pages = c.Pages[:len(c.Pages)-1] }, func(one *Fault) {
		pages := f.pages(Take(f.tb, f.file))
		one.Lost[0] = one.Lost[1] - pages[len(pages)-1].values()
	})
	f.group("a row group says it has a row less", moreRows(-1), unsure, func(one *Fault) { one.Less = 1 })
	f.group("a row group says it has a row more", moreRows(1), noRow)
	f.group("a row group says it has 2^60 rows", moreRows(1<<60), noRow)
}

// moreRows lets the second row group, and all columns in it, say that it has so many rows more.
func moreRows(more int64) func(parts *Parts) {
	return func(parts *Parts) {
		group := &parts.Groups[1]
		group.Rows += more
		for i := range group.Columns {
			group.Columns[i].Meta.NumValues = group.Rows
		}
	}
}

func silent(one *Fault) { one.Silent = true }

// noRow says that none of the rows that there are is lost.
func noRow(one *Fault) { one.Lost[0] = one.Lost[1] }

// joins are files of which two are one after the other. Only the second one has a footer at its end, and the
// places that it names are those of the first one.
func (f *faults) joins() {
	f.whole("twice the file, one after the other", append(bytes.Clone(f.file), f.file...))
	parts := Take(f.tb, f.file)
	parts.Groups = parts.Groups[:1]
	small := parts.File(f.tb)
	f.whole("a smaller file before it", append(bytes.Clone(small), f.file...))
	f.whole("a smaller file after it", append(bytes.Clone(f.file), small...))
}
