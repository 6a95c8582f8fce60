package posthog

import "time"

// layout describes how one file is read: the form of its rows, and where they begin.
type layout struct {
	shape  string
	header int           // bytes before the first row
	csv    bool          // rows may span lines
	cut    byte          // between the cells of CSV
	vague  bool          // of CSV: it may be prose that contains the name of a column
	typed  []typedColumn // of CSV: the columns whose types are determined
	said   *SourceError  // a warning; nil for none
	split  func(data []byte, s splitting) (n, rows int, ends []uint32)

	// columns are those of a Parquet file, in the order of a row's cells; nil for other files. Such rows
	// begin with their length, have any bytes in them, and are whole wherever the text breaks off. So no
	// newline is counted or looked for, and a row has the line of its number in the file. Rows that are too
	// long come without some cells.
	columns []parquetColumn

	elements *elements                      // cuts a file whose rows are the elements of a JSON array; else nil
	ending   func(rest []byte) *SourceError // checks the text after the last complete row of such a file
	renamed  renaming                       // of the keys of JSON rows
	named    uint64                         // the Options.Columns that the file names before its rows
	zone     *time.Location                 // of times without one; nil is UTC

	// One of these decodes a row. line is for files in which each line is a row: it decodes the one that
	// begins at start of the decoder's rows, and returns where its newline is. decode is for other files, in
	// which split has found where each row ends.
	line   func(d *decoder, start int) (newline int, f *fault)
	decode func(d *decoder, data []byte, start, end int) *fault
}

// completed sets what follows from the options and the kind of the rows. zone is that of times without one;
// nil is UTC.
func (l *layout) completed(zone *time.Location) *layout {
	if l.zone = zone; l.elements != nil {
		l.split = l.elements.split
	}
	return l
}

// headerAgain is the fault of a row that repeats the first line of its file, as in concatenated files.
var headerAgain = &fault{}
