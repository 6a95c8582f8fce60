package parquet

import (
	"errors"
	"fmt"
	"math"
	"runtime/debug"

	"ph2cio/internal/codec"
)

// RowText is the text of a file's rows: see SplitRows and Cells. Close must be called; it is not safe for
// concurrent use.
type RowText struct {
	file    *File
	maxRow  int
	memory  memory
	columns []columnReader
	cells   []cell

	group   int   // the next row group
	rows    int64 // rows that are left in the current one
	whole   bool  // nothing of the current one has been lost
	before  int64 // bytes of the row groups before the current one
	trouble error // what the next Read returns
	rest    []byte
	row     []byte // the memory of rest
}

// Text returns the text of some columns, which must have no Trouble. A row that would have more than maxRow
// bytes is given without the cells that would exceed them.
func (f *File) Text(columns []int, maxRow int) *RowText {
	t := &RowText{file: f, maxRow: maxRow, memory: newMemory(len(columns), maxRow)}
	t.columns, t.cells = make([]columnReader, len(columns)), make([]cell, len(columns))
	for i, column := range columns {
		t.columns[i] = newColumnReader(&f.columns[column], &t.memory)
	}
	return t
}

// Read returns io.EOF at the end of the text, and the file's own error where reading it fails. Rows that
// cannot be read to the end of their row group are a *codec.Gap, after which reading continues with the next
// row group.
func (t *RowText) Read(p []byte) (n int, err error) {
	for t.trouble == nil && n < len(p) {
		switch {
		case len(t.rest) > 0:
			copied := copy(p[n:], t.rest)
			n, t.rest = n+copied, t.rest[copied:]
		case t.rows == 0:
			t.trouble = t.nextGroup()
		default:
			var added int
			added, t.trouble = t.nextRow(p[n:])
			n += added
		}
	}
	if n > 0 {
		return n, nil
	}
	err = t.trouble
	if _, gap := errors.AsType[*codec.Gap](err); gap {
		t.trouble = nil
	}
	return 0, err
}

// Used returns how many bytes of the file the rows read so far came from, those of columns that are not read
// among them.
func (t *RowText) Used() int64 {
	used := t.before
	for i := range t.columns {
		used += t.columns[i].section.taken()
	}
	return used
}

// Verified returns math.MaxInt64: nothing of what was read is known to be wrong. Only pages with checksums are
// known to be right.
func (t *RowText) Verified() int64 { return math.MaxInt64 }

// Close gives the memory back. It must not be called twice.
func (t *RowText) Close() {
	t.memory.unpacker.close()
	const much = 64 << 20
	taken := t.memory.taken
	if t.columns, t.cells, t.memory = nil, nil, (memory{}); taken > much {
		debug.FreeOSMemory() // or the next file, or the same one in the second pass, adds as much elsewhere
	}
}

// nextRow reads the next row into p, or what does not fit there into rest.
func (t *RowText) nextRow(p []byte) (n int, err error) {
	for i := range t.columns {
		c := &t.cells[i]
		if c.text, c.null, err = t.columns[i].next(); err != nil {
			return 0, t.damaged(&t.columns[i], err)
		}
		c.long = t.columns[i].long
	}
	t.rows--
	size := rowSize(t.cells, t.maxRow)
	if sizeOf(uint64(size))+size <= len(p) {
		return len(appendRow(p[:0], t.cells, size)), nil
	}
	t.row = appendRow(t.row[:0], t.cells, size)
	n = copy(p, t.row)
	t.rest = t.row[n:]
	return n, nil
}

// damaged returns the error for a column that cannot be read any further in this row group: the gap of the
// rows that are left.
func (t *RowText) damaged(c *columnReader, err error) error {
	if failed, ok := errors.AsType[*fileError](err); ok {
		return failed.error
	}
	lost := t.rows
	t.rows, t.whole = 0, false
	page := ""
	if c.pages > 0 {
		page = fmt.Sprintf(", page %d", c.pages)
	}
	err = fmt.Errorf("row group %d, column %q%s: %w", t.group, c.column.Name, page, err)
	return &codec.Gap{Damage: &codec.Damage{Err: err, Hint: hintFor(err), Rows: lost}}
}

// hintFor returns what to do about pages that may well be in order, and is empty for others.
func hintFor(err error) string {
	const otherwise = "get a new copy of the file; if that is no better, write it with "
	if _, encoding := errors.AsType[unreadable](err); encoding {
		return otherwise + "other encodings, such as PLAIN"
	}
	if errors.Is(err, errMemory) {
		return otherwise + "smaller pages"
	}
	return ""
}
