// Package parquet reads Parquet files as text, row by row. It knows nothing of PostHog.
//
// A Parquet file keeps its columns apart, in row groups of some ten thousand rows, and says at its end, in the
// footer, what is where. Open reads the footer and checks every number in it against the file before anything
// is allocated by it. Only columns at the top of the schema can be read: no lists, maps or structs.
package parquet
