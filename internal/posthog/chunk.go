package posthog

import (
	"bytes"
	"errors"
	"iter"
	"slices"
	"sync"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/parquet"
	"ph2cio/internal/rawjson"
)

// Chunk is about 1 MiB of whole rows of one source, not yet decoded. Chunks are independent: they may be
// decoded on different goroutines at once.
type Chunk struct {
	Number int    // in reading order over all sources, from 0
	Source int    // index into the sources read
	Ref    uint64 // of its first row
	Rows   int    // how many Refs it has, from Ref on; a blank line has one too
	Line   int64  // of its first row, from 1
	Bytes  int64  // bytes read from disk up to and including this chunk, over all sources; for progress
	End    int64  // decompressed bytes of its source up to and including this chunk; for Options.Until
	Shape  string // what kind of file the source is, such as "JSON lines"
	Codec  string // what the source is compressed with, such as "gzip"; empty for nothing

	// Left are the rows that Events skips: row n of the chunk, from 0, if bit n%64 of Left[n/64] is set. Nil
	// skips none. The second pass sets it for rows that need no decoding, as the first pass has found.
	Left []uint64

	path string
	chunkText
	ends    []uint32 // where each row ends, its line end included; nil when each line is a row
	layout  *layout
	tooLong bool // the text is the beginning of a single row that is too long
	maxRow  int

	sum   uint64
	named uint64
	found FoundCells
}

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// Events decodes the chunk's rows in order. For a bad row it yields a *RowError instead of an event. The
// event and the error are reused for the next row. Blank lines are not yielded, though each has a number.
func (c *Chunk) Events() iter.Seq2[*Event, *RowError] {
	return func(yield func(*Event, *RowError) bool) {
		c.rows(func(d *decoder, bad *RowError) bool {
			if bad != nil {
				return yield(nil, bad)
			}
			return yield(&d.event, nil)
		})
	}
}

// rows decodes the rows that are neither blank nor in Left, in order. It calls take for each, with an error
// for a bad row, until take returns false.
func (c *Chunk) rows(take func(d *decoder, bad *RowError) bool) {
	c.unpack()
	d := decoders.Get().(*decoder)
	defer decoders.Put(d)
	d.renamed, d.zone = c.layout.renamed, c.layout.zone
	d.named = c.layout.named
	d.columns = c.layout.columns
	d.seen.begin(c.layout.typed, c.path)
	defer func() {
		c.named = d.named
		c.found = d.seen.end()
	}()
	if !c.tooLong && (c.ends == nil || c.layout.elements != nil) {
		d.rows.Begin(c.guarded, len(c.data))
	}
	if !c.again {
		c.sum = xxh3.Hash(c.data)
	}
	line := c.Line
	start := 0
	for number := uint32(0); start < len(c.data); number++ {
		if c.left(number) {
			end, lines := c.rowEnd(start, number)
			start, line = end, line+lines
			continue
		}
		d.begin()
		d.event.Ref, d.event.Line, d.event.columns = c.Ref+uint64(number), line, d.columns
		r := c.row(d, start, number)
		line += r.lines
		text := c.data[r.start:r.end]
		start = r.next
		if r.blank {
			continue
		}
		var bad *RowError
		if r.fault != nil {
			bad = c.rowError(d, r.fault, text)
		} else {
			d.event.Row = text
		}
		if !take(d, bad) {
			return
		}
	}
}

func (c *Chunk) left(number uint32) bool {
	word := int(number / 64)
	return word < len(c.Left) && c.Left[word]>>(number%64)&1 != 0
}

// leaveOut sets Left, and replaces those rows by blank lines if lines are rows.
func (c *Chunk) leaveOut(left []uint64) {
	if c.Left = left; c.ends != nil || c.tooLong {
		return
	}
	text := c.data[:0]
	for start, number := 0, uint32(0); start < len(c.data); number++ {
		end, _ := c.rowEnd(start, number)
		if c.left(number) {
			text = append(text, '\n')
		} else {
			text = append(text, c.data[start:end]...)
		}
		start = end
	}
	c.replace(text)
}

// rowEnd returns where the row that begins at start ends, its line end included, and how many lines it has.
func (c *Chunk) rowEnd(start int, number uint32) (end int, lines int64) {
	if c.ends != nil {
		end = int(c.ends[number])
		if c.layout.columns != nil {
			return end, 1
		}
		lines = int64(bytes.Count(c.data[start:end], newline))
		if c.layout.elements == nil {
			lines = max(1, lines)
		}
		return end, lines
	}
	if n := bytes.IndexByte(c.data[start:], '\n'); n >= 0 && !c.tooLong {
		return start + n + 1, 1
	}
	return len(c.data), 1
}

// decoded is the result of decoding one row.
type decoded struct {
	start, end, next int // where it begins and ends without separators, and where the next row begins
	lines            int64
	blank            bool // there is no row
	fault            *fault
}

// row decodes the row that begins at start.
func (c *Chunk) row(d *decoder, start int, number uint32) (r decoded) {
	switch {
	case c.tooLong:
		r = decoded{start: start, end: len(c.data), next: len(c.data)}
	case c.layout.elements != nil:
		r = c.element(d, start, int(c.ends[number]))
	case c.layout.columns != nil:
		return c.cells(d, start, int(c.ends[number]))
	case c.ends != nil:
		r = c.csvRow(d, start, int(c.ends[number]))
	default:
		r = c.line(d, start)
	}
	if c.tooLong || r.end-r.start > c.maxRow {
		r.blank, r.fault = false, faultf(RowTooLong, "the row is longer than %d bytes", c.maxRow)
	}
	if r.fault != nil && c.unended && r.next == len(c.data) {
		r.fault.add(" (the file ends here, without a newline)")
	}
	return r
}

// line decodes the line that begins at start.
func (c *Chunk) line(d *decoder, start int) (r decoded) {
	var newline int
	if first := rawjson.ScanSpace(c.guarded, start, 0); c.guarded[first] == '\n' {
		newline, r.blank = first, true
	} else {
		newline, r.fault = c.layout.line(d, start)
	}
	r.lines, r.next = 1, min(newline+1, len(c.data))
	r.start, r.end = start, start+len(trimLineEnd(c.data[start:r.next]))
	return r
}

// csvRow decodes the row from start to next.
func (c *Chunk) csvRow(d *decoder, start, next int) (r decoded) {
	row := c.data[start:next]
	r.lines, r.next = int64(max(1, bytes.Count(row, newline))), next
	r.start, r.end = start, start+len(trimLineEnd(row))
	if r.blank = r.end == start; !r.blank && r.end-start <= c.maxRow {
		if r.fault = c.layout.decode(d, c.guarded, start, r.end); r.fault == headerAgain {
			r.blank, r.fault = true, nil
		}
	}
	return r
}

// cells decodes the row of Parquet from start to next.
func (c *Chunk) cells(d *decoder, start, next int) decoded {
	r := decoded{start: start, end: next, next: next, lines: 1}
	d.cells = slices.Grow(d.cells[:0], len(c.layout.columns))[:len(c.layout.columns)]
	switch err := parquet.Cells(d.cells, c.guarded[start:next]); {
	case errors.Is(err, parquet.ErrTooLong):
		r.fault = faultf(RowTooLong, "the row is longer than %d bytes", c.maxRow)
	case err != nil:
		panic("posthog: a chunk in memory is damaged: " + err.Error()) // like any corrupt variable
	default:
		r.fault = c.layout.decode(d, c.guarded, start, next)
	}
	return r
}

func (c *Chunk) rowError(d *decoder, f *fault, row []byte) *RowError {
	if d.columns != nil {
		row = shownCells(d.columns, row)
	}
	d.bad = RowError{
		Path: c.path, Ref: d.event.Ref, Line: d.event.Line,
		Reason: f.reason, Detail: f.detail, Row: row[:min(len(row), shownRow)],
	}
	return &d.bad
}

// Columns returns which of Options.Columns the chunk has: bit i for Columns[i]. It is known once Events has
// ended.
func (c *Chunk) Columns() uint64 { return c.named }

// FoundCells returns the kinds of the chunk's cells by column, for ColumnTypes.Add. It may be called once,
// after Events has ended.
func (c *Chunk) FoundCells() FoundCells {
	found := c.found
	c.found = nil
	return found
}

// Sum returns a checksum of the chunk's bytes. It is known once Events has begun.
func (c *Chunk) Sum() uint64 { return c.sum }

// Trust compares the chunk, once Events has begun, with its Sum in an earlier pass. If the bytes differ it
// returns a *SourceError of kind Changed.
func (c *Chunk) Trust(sum uint64) error {
	if c.sum == sum {
		return nil
	}
	return &SourceError{
		Path: c.path, Kind: Changed, Err: errors.New("the file has changed since it was first read"), Advice: hintChanged,
	}
}

// Size returns how many bytes of rows the chunk has.
func (c *Chunk) Size() int {
	if c.packed != nil {
		return c.size
	}
	return len(c.data)
}

// Held returns how many bytes of memory the chunk takes until it is released.
func (c *Chunk) Held() int {
	held := cap(c.packed) + 4*cap(c.ends)
	if c.buffer != nil {
		return held + len(c.buffer.bytes)
	}
	return held + cap(c.data)
}

// Release makes the chunk's memory available again. Nothing borrowed from the chunk may be used afterwards.
func (c *Chunk) Release() { c.release() }

// element decodes the element that stands in the row from start to next.
func (c *Chunk) element(d *decoder, start, next int) (r decoded) {
	row := c.data[start:next]
	r.lines, r.next = int64(bytes.Count(row, newline)), next
	r.end = start + len(bytes.TrimRight(row, " \t\r\n"))
	r.start = start + len(row) - len(bytes.TrimLeft(row, " \t\r\n"))
	if r.start < r.end && c.data[r.start] == ',' {
		r.start = next - len(bytes.TrimLeft(c.data[r.start+1:next], " \t\r\n"))
	}
	r.end = max(r.start, r.end)
	d.event.Line += int64(bytes.Count(c.data[start:r.start], newline))
	if r.blank = r.start == r.end || c.data[r.start] == ']'; !r.blank && r.end-r.start <= c.maxRow {
		r.fault = c.layout.decode(d, c.guarded, r.start, r.end)
	}
	return r
}
