package parquet

import "github.com/parquet-go/parquet-go/format"

// check finds the columns, and checks the row groups against them and the file. end is where the footer
// begins.
func (f *File) check(end int64) (err error) {
	leaves := 0
	if f.columns, leaves, err = topColumns(f.meta.Schema); err != nil {
		return err
	}
	if f.meta.EncryptionAlgorithm.Value != nil {
		return encrypted()
	}
	rows, left := int64(0), end-int64(len(Magic))
	for i := range f.meta.RowGroups {
		group := &f.meta.RowGroups[i]
		switch {
		case len(group.Columns) != leaves:
			return damage("the footer is damaged: row group %d has %d columns instead of %d", i+1, len(group.Columns), leaves)
		case group.NumRows < 0 || group.NumRows > f.meta.NumRows-rows:
			return damage("the footer is damaged: row group %d cannot have %d rows", i+1, group.NumRows)
		}
		rows += group.NumRows
		for j := range group.Columns {
			if err := checkPlace(&group.Columns[j], end, &left); err != nil {
				return err
			}
		}
		if err := f.checkColumns(i); err != nil {
			return err
		}
	}
	if rows != f.meta.NumRows {
		return damage("the footer is damaged: the file is said to have %d rows, and its row groups %d", f.meta.NumRows, rows)
	}
	return nil
}

// checkPlace checks where a column's pages are. end is where the footer begins. left is how many bytes of the
// file are not yet in columns: checkPlace takes those of this column from it, since no two columns share
// bytes.
func checkPlace(chunk *format.ColumnChunk, end int64, left *int64) error {
	m := &chunk.MetaData
	switch start, size := pagesOf(m); {
	case chunk.CryptoMetadata.Value != nil || len(chunk.EncryptedColumnMetadata) > 0:
		return encrypted()
	case chunk.FilePath != "":
		return &Refused{What: "the Parquet file has its rows in another file", Hint: "give the files that hold the rows instead"}
	case m.NumValues == 0 && size == 0: // an empty row group
	case size <= 0 || size > *left || start < int64(len(Magic)) || start > end-size:
		return damage("the footer is damaged: a column is said to be at bytes %d to %d", start, start+size)
	default:
		*left -= size
	}
	return nil
}

// pagesOf returns where a column's pages begin in the file, and how many bytes they have with their headers.
func pagesOf(m *format.ColumnMetaData) (start, size int64) {
	start = m.DataPageOffset
	if m.DictionaryPageOffset > 0 && m.DictionaryPageOffset < start {
		start = m.DictionaryPageOffset
	}
	return start, m.TotalCompressedSize
}

// checkColumns checks what a row group says of the columns at the top of the schema, and notes codecs that
// cannot be read.
func (f *File) checkColumns(group int) error {
	g := &f.meta.RowGroups[group]
	for i := range f.columns {
		c := &f.columns[i]
		if c.Kind == Nested {
			continue
		}
		m := &g.Columns[c.leaf].MetaData
		switch path := m.PathInSchema; {
		case m.Type != c.physical:
			return damage("the footer is damaged: column %q of row group %d is stored as %s instead of %s", c.Name, group+1, m.Type, c.physical)
		case m.NumValues != g.NumRows:
			return damage("the footer is damaged: column %q of row group %d has %d values instead of %d", c.Name, group+1, m.NumValues, g.NumRows)
		case len(path) != 1 || path[0] != c.Name:
			return damage("the footer is damaged: column %q of row group %d goes by another name", c.Name, group+1)
		}
		if trouble := codecTrouble(m.Codec); c.Trouble == "" && trouble != "" {
			c.Trouble, c.Cure = trouble, "write the file with another compression, such as zstd"
		}
	}
	return nil
}
