package posthog

import "time"

// layout is how one file is read: what its rows look like, and where they begin.
type layout struct {
	shape  string
	header int           // bytes before the first row
	csv    bool          // rows may span lines
	cut    byte          // between the cells of CSV
	vague  bool          // of CSV: it may be prose, of which a word is the name of a column
	typed  []typedColumn // of CSV: the columns that hold one value each, of which the type is to be found out
	said   *SourceError  // a warning; nil for none
	split  func(data []byte, s splitting) (n, rows int, ends []uint32)

	elements *elements                      // cuts a file whose rows are the elements of a JSON array; else nil
	ending   func(rest []byte) *SourceError // looks at what comes after the last whole row of such a file
	renamed  renaming                       // of the keys of JSON rows
	named    uint64                         // of Options.Columns, those that the file names before its rows
	zone     *time.Location                 // of times without one; nil is UTC

	// One of these decodes a row: of a file in which each line is one, and which returns where the newline is, or of
	// another, in which split has found its end.
	line   func(d *decoder, data []byte, marks []uint64, start int) (newline int, f *fault)
	decode func(d *decoder, data []byte, start, end int) *fault
}

// headerAgain is what a row comes to that repeats its file's first line, as where files have been put together.
var headerAgain = &fault{}
