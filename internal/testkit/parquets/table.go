package parquets

import "fmt"

// A Column is a named column of a table.
type Column struct {
	Name   string
	Type   Type
	Values []any // one for each row: nil, or a string, int64, float64, bool or time.Time, as Type has it
}

// A Type is what a column holds.
type Type int

// The types of columns, each with the Go type of its values.
const (
	Text      Type = iota // string; in the file STRING
	JSON                  // string; in the file JSON
	Integer               // int64
	Double                // float64
	Boolean               // bool
	Timestamp             // time.Time; in the file microseconds, UTC
)

// A Layout is how a table is stored. Its zero value is one row group of uncompressed pages of version 1,
// plainly encoded.
type Layout struct {
	Codec      string // one of Codecs; empty for no compression
	Group      int    // rows in a row group; 0 for all
	Page       int    // bytes in a page, about; 0 for the writer's 256 KiB
	V2         bool   // data pages of version 2
	Dictionary bool   // columns have dictionaries, but those of booleans
	Delta      bool   // DELTA_BYTE_ARRAY and DELTA_BINARY_PACKED, where there is no dictionary
	Lengths    bool   // DELTA_LENGTH_BYTE_ARRAY for text, and BYTE_STREAM_SPLIT for numbers, likewise
	Required   bool   // columns without nulls are required, not optional
	NoSums     bool   // pages have no checksums
}

// Codecs are the codecs that the program reads and the writer can write.
var Codecs = []string{"", "snappy", "gzip", "zstd", "brotli", "lz4_raw"}

// String is the layout in few words, for the names of tests.
func (l Layout) String() string {
	name := l.Codec
	if name == "" {
		name = "plain"
	}
	if l.Group > 0 {
		name += fmt.Sprintf(",groups of %d", l.Group)
	}
	if l.Page > 0 {
		name += fmt.Sprintf(",pages of %d", l.Page)
	}
	for _, has := range []struct {
		it   bool
		name string
	}{
		{l.V2, "v2"}, {l.Dictionary, "dictionary"}, {l.Delta, "delta"}, {l.Lengths, "lengths"}, {l.Required, "required"}, {l.NoSums, "no sums"},
	} {
		if has.it {
			name += "," + has.name
		}
	}
	return name
}

// Layouts are layouts that differ in everything: each codec, both versions of pages, each encoding, row groups
// and pages of few rows.
func Layouts() []Layout {
	var all []Layout
	for i, codec := range Codecs {
		all = append(all,
			Layout{Codec: codec, Dictionary: i%2 == 0, Group: 7 * (i + 1), Required: i%2 == 1},
			Layout{Codec: codec, V2: true, Delta: i%2 == 0, Lengths: i%2 == 1, Page: 100 * (i + 1), NoSums: i%3 == 0},
		)
	}
	return append(all, Layout{}, Layout{Page: 1}, Layout{Dictionary: true, Page: 64, Group: 20}, Layout{V2: true, Dictionary: true, Page: 64},
		Layout{Delta: true, Page: 200, Codec: "zstd"}, Layout{Lengths: true, NoSums: true})
}

// RandomLayout is a layout of which pick decides everything: pick(n) is a number from 0 to n-1.
func RandomLayout(pick func(n int) int) Layout {
	yes := func() bool { return pick(2) == 1 }
	l := Layout{Codec: Codecs[pick(len(Codecs))], V2: yes(), Dictionary: yes(), Required: yes(), NoSums: yes()}
	if yes() {
		l.Group = 1 + pick(50)
	}
	if yes() {
		l.Page = 1 + pick(2000)
	}
	switch pick(3) {
	case 1:
		l.Delta = true
	case 2:
		l.Lengths = true
	}
	return l
}

// rows is the number of rows of a table.
func rows(table []Column) int {
	if len(table) == 0 {
		return 0
	}
	return len(table[0].Values)
}
