// Package parquet reads Parquet files as text, row by row. It knows nothing of PostHog.
//
// A Parquet file keeps its columns apart, in row groups of some ten thousand rows, and says at its end, in the
// footer, what is where. Open reads the footer and checks every number in it against the file before anything
// is allocated by it. Only columns at the top of the schema can be read: no lists, maps or structs. File.Text
// gives the rows of some columns in a form that depends on their values alone.
//
// The library parquet-go decodes the footer and the headers of pages, after thriftcheck has walked through
// their bytes. This package reads the pages itself: the library decompresses them without a bound, and takes
// memory by numbers that a file may lie about. The files, lowest first:
//
//	footer   file, schema, columntype: what a file has; open, thriftcheck, footercheck, joined: reading it
//	cells    celltext, timetext: stored values as text
//	values   runs, deltas, values: the values of a page, one after the other, in each encoding
//	pages    section, pageheader, unpack, memory: a page as a whole; largepage, largedata, lookback, snappy,
//	         lz4: a large one piece by piece; pages, pageend: the values of a column
//	rows     rowtext: the form of a row; groups, text: the rows of a file
//
// To read another encoding, add it to values and to columnReader.beginValues in pages; another compression, to
// unpack and to codecTrouble in file.
//
// Of large pages, as DuckDB writes them, only a window is held, so that memory depends neither on the number
// of rows nor on the size of pages. All that the columns of a file hold is counted; a file that needs more
// than 160 MiB loses the rows that need it.
package parquet
