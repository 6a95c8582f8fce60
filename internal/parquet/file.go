package parquet

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go/format"
)

// File is a Parquet file whose footer has been read and checked. Several goroutines may use it at once.
type File struct {
	at      io.ReaderAt
	size    int64 // of the file, in bytes
	meta    format.FileMetaData
	columns []Column
}

// Columns returns the columns at the top of the schema, in the order of the file. The caller must not change
// them.
func (f *File) Columns() []Column { return f.columns }

// Rows returns how many rows the file has, those in damaged parts included.
func (f *File) Rows() int64 { return f.meta.NumRows }

// Groups returns the number of row groups.
func (f *File) Groups() int { return len(f.meta.RowGroups) }

// Codec returns the names of the codecs by which pages are compressed, as "zstd" or "snappy, zstd". It is
// empty if no page is compressed.
func (f *File) Codec() string {
	var names []string
	for _, group := range f.meta.RowGroups {
		for _, chunk := range group.Columns {
			name := codecName(chunk.MetaData.Codec)
			if chunk.MetaData.Codec != format.Uncompressed && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// codecName returns the name of a codec, as "zstd".
func codecName(codec format.CompressionCodec) string {
	switch {
	case codec == format.Lz4:
		return "lz4 in Hadoop's form"
	case codec < format.Uncompressed || codec > format.Lz4Raw:
		return fmt.Sprintf("unknown (%d)", codec)
	}
	return strings.ToLower(codec.String())
}

// codecTrouble says why pages that are compressed with a codec cannot be read. It is empty if they can.
func codecTrouble(codec format.CompressionCodec) string {
	switch codec {
	case format.Uncompressed, format.Snappy, format.Gzip, format.Brotli, format.Zstd, format.Lz4Raw:
		return ""
	case format.Lz4:
		return "it is compressed with LZ4 in Hadoop's form"
	case format.LZO:
		return "it is compressed with LZO"
	}
	return fmt.Sprintf("it is compressed with a codec that is unknown (%d)", codec)
}

// Column is a column at the top of the schema.
type Column struct {
	Name    string // as the file has it: text from outside
	Kind    Kind
	Type    string // the type in words, as "STRING", "TIMESTAMP(MICROS, UTC)" or "DECIMAL(10, 2)"
	Trouble string // why the column cannot be read, as "it is nested (MAP)"; empty if it can
	Cure    string // what to do about Trouble when the file is written, as "write it as JSON text"; empty if nothing

	leaf     int         // which column of a row group it is, if Trouble is empty
	physical format.Type // how values are stored
	length   int         // bytes of a value if physical is FixedLenByteArray
	optional bool        // values may be null

	// write appends the text of one stored value, or reports that the value stands for null. raw is the value
	// as the plain encoding has it, but a byte 0 or 1 for booleans and no length before a byte array. If
	// write is nil, the bytes are the text.
	write func(dst, raw []byte) (text []byte, null bool)
}

// Kind says how the text of a column's cells is to be read.
type Kind int

// The kinds of columns.
const (
	Text    Kind = iota // text in UTF-8; also times of the day and UUIDs
	JSON                // one JSON value
	Number              // an integer or decimal in digits, as 12 or -0.50
	Float               // a number as JSON has it, rounded to the precision of the column
	Boolean             // true or false
	Time                // an instant as 2026-03-04T10:02:11.004512Z, or without Z if the time zone is unknown
	Date                // a day as 2026-03-04
	Binary              // bytes of which the file does not say that they are text
	Nested              // a list, map or struct, which cannot be read
)

// Refused is the error for a Parquet file that is in order, but cannot be read by this program.
type Refused struct {
	What string // as "the Parquet file is encrypted"
	Hint string // what the user can do
}

func (r *Refused) Error() string { return r.What }
