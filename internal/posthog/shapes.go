package posthog

import (
	"bytes"
	"time"
)

// layout is how one file is read: what its rows look like, and where they begin.
type layout struct {
	shape  string
	header int          // bytes before the first row
	csv    bool         // rows may span lines
	cut    byte         // between the cells of CSV
	vague  bool         // of CSV: it may be prose, of which a word is the name of a column
	cells  []typedCell  // of CSV: the columns that hold one value each, of which the type is to be found out
	said   *SourceError // a warning; nil for none
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

// A shape recognises one kind of file by how it begins. It returns nils for a file of another kind, and a refusal for a
// file of its kind that cannot be read.
type shape func(h *head) (*layout, *refusal)

// shapes are tried in this order. To read another kind of file, write its shape and decoder in a file of its own and
// add it here.
var shapes = []shape{
	foreign,
	eventsCSV,
	document,
	jsonLines,
	unknown,
}

// head is how a file begins.
type head struct {
	text    []byte // the first window, after a byte order mark
	whole   bool   // text is the whole file
	csvHead        // the first line, if it is CSV
	named   uint64 // of options.Columns, those that are among names
	typed   []typedCell
	options Options
}

// recogniseFile finds out what a file is. The layout is nil while there is nothing but white space. skip is the number
// of bytes before the first row.
func recogniseFile(text []byte, whole bool, options Options) (l *layout, skip int, refused *refusal) {
	marked := len(text)
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	skip = marked - len(text)
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, marked, nil
	}
	if refused = loneReturns(text); refused != nil {
		return nil, 0, refused
	}
	shapes := shapes
	if options.persons {
		shapes = personShapes
	} else if l = eventLines(text, options); l != nil {
		return l, skip, nil
	}
	if options.Types == nil {
		options.Types = NewColumnTypes(nil)
	}
	h := &head{text: text, whole: whole, options: options, csvHead: headerOf(text, whole, options)}
	for _, recognise := range shapes {
		if l, refused = recognise(h); l != nil || refused != nil {
			break
		}
	}
	if refused != nil {
		return nil, 0, refused
	}
	if l.zone = options.Zone; l.elements != nil {
		l.split = l.elements.split
	}
	return l, skip + l.header, nil
}

// loneReturns refuses text whose lines end as old Macintosh programs end them: all of it would be one line.
func loneReturns(text []byte) *refusal {
	if bytes.IndexByte(text, '\n') >= 0 {
		return nil
	}
	if first := bytes.IndexByte(text, '\r'); first < 0 || len(bytes.TrimSpace(text[first:])) == 0 {
		return nil
	}
	return refuse("the lines end with a carriage return alone", `convert the file to line feeds, for example with tr '\r' '\n'`)
}

// column returns the index of the column with this name, -1 if there is none.
func (h *head) column(name string) int {
	for i, n := range h.names {
		if n == name {
			return i
		}
	}
	return -1
}

// twice is why a file is refused that has a column more than once.
func twice(column string) *refusal {
	return refuse("the column "+quoted(column)+" appears more than once", "remove one of them and export again")
}

// twice refuses a file in which a column that counts is there more than once.
func (h *head) twice(counts func(name string) bool) *refusal {
	seen := make(map[string]bool, len(h.names))
	for _, name := range h.names {
		if seen[name] && counts(name) {
			return twice(name)
		}
		seen[name] = true
	}
	return nil
}
