package parquets

import (
	"bytes"
	"slices"

	"github.com/parquet-go/parquet-go/format"
)

// dictionaries are wrong in the dictionary of the column in the second row group, if it has one.
func (f *faults) dictionaries() {
	first := Take(f.tb, f.file).Groups[1].Columns[f.column].Pages[0]
	if first.Header.Type != format.DictionaryPage {
		return
	}
	change := func(name string, change func(chunk *Chunk), more ...func(*Fault)) {
		parts := Take(f.tb, f.file)
		change(&parts.Groups[1].Columns[f.column])
		f.group(name, parts, more...)
	}
	dictionary := func(c *Chunk) *Page { return c.Pages[0] }
	change("no dictionary", func(c *Chunk) { c.Pages = c.Pages[1:] })
	change("two dictionaries", func(c *Chunk) { c.Pages = slices.Insert(c.Pages, 1, c.Pages[0]) })
	change("a dictionary with more values than it has", func(c *Chunk) { dictionary(c).Header.DictionaryPageHeader.V.NumValues = 1<<31 - 1 })
	change("a dictionary with fewer than no values", func(c *Chunk) { dictionary(c).Header.DictionaryPageHeader.V.NumValues = -1 })
	change("a dictionary with no values", func(c *Chunk) { dictionary(c).Header.DictionaryPageHeader.V.NumValues = 0 }, unsure)
	change("a dictionary that is cut off", func(c *Chunk) { dictionary(c).SetData(dictionary(c).Data[:len(dictionary(c).Data)/2]) })
	change("a dictionary of another encoding", func(c *Chunk) { dictionary(c).Header.DictionaryPageHeader.V.Encoding = format.DeltaByteArray })
	if first.Header.CRC != 0 {
		change("a bit of a dictionary, with a checksum", func(c *Chunk) { dictionary(c).Data[len(dictionary(c).Data)/2] ^= 4 })
	}
}

// group adds a file of which the second row group cannot be read.
func (f *faults) group(name string, parts *Parts, more ...func(*Fault)) {
	from := parts.Groups[0].Rows
	one := Fault{Name: name, File: parts.File(f.tb), Lost: [2]int64{from, from + Take(f.tb, f.file).Groups[1].Rows}}
	for _, set := range more {
		set(&one)
	}
	f.add(one)
}

// counts are files in which pages and row groups do not have what they should.
func (f *faults) counts() {
	of := func(name string, change func(parts *Parts), more ...func(*Fault)) {
		parts := Take(f.tb, f.file)
		change(parts)
		f.group(name, parts, more...)
	}
	lie := func(name string, tell func(meta *format.ColumnMetaData), more ...func(*Fault)) {
		of(name, func(parts *Parts) { parts.Lie = func(meta *format.FileMetaData) { tell(f.chunk(meta)) } }, more...)
	}
	last := func(parts *Parts) *Chunk { return &parts.Groups[1].Columns[f.column] }
	lie("pages that begin within a page", func(meta *format.ColumnMetaData) { meta.DataPageOffset += 3; meta.DictionaryPageOffset = 0 })
	of("a page in the middle is missing", func(parts *Parts) {
		c, second := last(parts), f.pages(parts)[1]
		c.Pages = slices.DeleteFunc(c.Pages, func(page *Page) bool { return page == second })
	}, unsure)
	of("a page in the middle comes twice", func(parts *Parts) {
		c, second := last(parts), f.pages(parts)[1]
		c.Pages = slices.Insert(c.Pages, slices.Index(c.Pages, second), second)
	}, unsure)
	of("the last page comes twice", func(parts *Parts) { c := last(parts); c.Pages = append(c.Pages, c.Pages[len(c.Pages)-1]) }, noRow)
	of("the last page is missing", func(parts *Parts) { c := last(parts); c.Pages = c.Pages[:len(c.Pages)-1] }, func(one *Fault) {
		pages := f.pages(Take(f.tb, f.file))
		one.Lost[0] = one.Lost[1] - pages[len(pages)-1].values()
	})
	of("a row group says it has a row less", moreRows(-1), unsure, func(one *Fault) { one.Less = 1 })
	of("a row group says it has a row more", moreRows(1), noRow)
	of("a row group says it has 2^60 rows", moreRows(1<<60), noRow)
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
