package posthog

import (
	"bytes"
	"errors"
	"hash/maphash"
	"iter"
	"slices"
	"sync"
)

// Chunk is about 1 MiB of whole rows of one source, not yet decoded. Chunks are independent: they may be decoded on
// different goroutines at once.
type Chunk struct {
	Number int    // in reading order over all sources, from 0
	Source int    // index into the sources read
	Ref    uint64 // of its first row
	Line   int64  // of its first row, from 1
	Bytes  int64  // bytes read from disk up to and including this chunk, over all sources; for progress
	End    int64  // decompressed bytes of its source up to and including this chunk; for Options.Until
	Shape  string // what kind of file the source is, such as "batch export JSON lines"

	path    string
	data    []byte   // the rows
	guarded []byte   // the rows and a guard
	ends    []uint32 // where each row ends, its line end included; nil when each line is a row
	layout  *layout
	tooLong bool // data is the beginning of a single row, which is too long
	unended bool // the source ends with the last row, without a newline
	maxRow  int
	buffer  *buffer // what data lies in, if it is to be used again

	verdict Verdict
	summed  bool
}

// Verdict is what the first reading learnt of one chunk, so that the second need not check it again.
type Verdict struct {
	Sum  uint64   // of the chunk's bytes, under a seed that lasts as long as the process
	Bad  []uint32 // rows of the chunk, by number from 0, that came as a *RowError
	Rows uint32   // rows of the chunk, good and bad, without blank lines
}

var seed = maphash.MakeSeed()

var decoders = sync.Pool{New: func() any { return new(decoder) }}

// Events decodes the chunk's rows in order. A bad row comes as a *RowError in place of an event. The event and the
// error are reused for the next row. Blank lines are no rows, though each takes a number.
func (c *Chunk) Events() iter.Seq2[*Event, *RowError] {
	return func(yield func(*Event, *RowError) bool) {
		d := decoders.Get().(*decoder)
		defer decoders.Put(d)
		rows := uint32(0)
		bad := c.verdict.Bad[:0]
		line := c.Line
		for number, span := range c.rows() {
			c.begin(d, number, line)
			if c.ends != nil {
				line += lines(c.data[span.start:span.end])
			} else {
				line++
			}
			end := span.start + len(trimLineEnd(c.data[span.start:span.end]))
			long := c.tooLong || end-span.start > c.maxRow
			if !long && c.blank(span.start, end) {
				continue
			}
			rows++
			f := c.decode(d, span.start, end, long)
			if f == nil {
				d.event.Row = c.data[span.start:end]
				if !yield(&d.event, nil) {
					return
				}
				continue
			}
			bad = append(bad, number)
			if !yield(nil, c.rowError(d, f, c.data[span.start:end])) {
				return
			}
		}
		c.verdict.Rows, c.verdict.Bad = rows, bad
	}
}

type span struct{ start, end int }

// rows yields where each row stands, with its line end.
func (c *Chunk) rows() iter.Seq2[uint32, span] {
	return func(yield func(uint32, span) bool) {
		start := 0
		for number := uint32(0); start < len(c.data); number++ {
			end := len(c.data)
			if c.ends != nil {
				end = int(c.ends[number])
			} else if newline := bytes.IndexByte(c.data[start:], '\n'); newline >= 0 {
				end = start + newline + 1
			}
			if !yield(number, span{start, end}) {
				return
			}
			start = end
		}
	}
}

func lines(row []byte) int64 { return int64(max(1, bytes.Count(row, newline))) }

var newline = []byte{'\n'}

func trimLineEnd(row []byte) []byte {
	n := len(row)
	if n > 0 && row[n-1] == '\n' {
		n--
	}
	if n > 0 && row[n-1] == '\r' {
		n--
	}
	return row[:n]
}

func (c *Chunk) begin(d *decoder, number uint32, line int64) {
	d.begin()
	d.event.Ref, d.event.Line = c.Ref+uint64(number), line
}

// blank reports whether a row is none: nothing, or in a file of JSON nothing but white space.
func (c *Chunk) blank(start, end int) bool {
	return start == end || c.ends == nil && c.data[start] <= ' ' && scanSpace(c.data, start, end) == end
}

func (c *Chunk) decode(d *decoder, start, end int, long bool) *fault {
	if long {
		return faultf(RowTooLong, "the row is longer than %d bytes", c.maxRow)
	}
	f := c.layout.decode(d, c.guarded, start, end)
	if f != nil && c.unended && end == len(c.data) {
		f.detail += " (the file ends here, without a newline)"
	}
	return f
}

const shownRow = 4 << 10

func (c *Chunk) rowError(d *decoder, f *fault, row []byte) *RowError {
	d.bad = RowError{
		Path: c.path, Ref: d.event.Ref, Line: d.event.Line,
		Reason: f.reason, Detail: f.detail, Row: row[:min(len(row), shownRow)],
	}
	return &d.bad
}

// Verdict returns what Events found. It is meaningful after Events ran to its end.
func (c *Chunk) Verdict() Verdict {
	c.sum()
	v := c.verdict
	v.Bad = slices.Clone(v.Bad)
	return v
}

func (c *Chunk) sum() uint64 {
	if !c.summed {
		c.verdict.Sum, c.summed = maphash.Bytes(seed, c.data), true
	}
	return c.verdict.Sum
}

// Trust compares the chunk with an earlier reading's verdict. It returns an error, a *SourceError of kind Changed, when
// the chunk's bytes are not those of that reading. Where it returns nil, Events will find what it found then.
func (c *Chunk) Trust(v Verdict) error {
	if c.sum() == v.Sum {
		return nil
	}
	return &SourceError{
		Path: c.path, Kind: Changed, Err: errors.New("the file is not what it was in the first reading"), Hint: hintChanged,
	}
}

const hintChanged = "run again when nothing writes to the file any more"

// Release gives the chunk's memory back. Nothing borrowed from the chunk may be used afterwards.
func (c *Chunk) Release() {
	c.buffer.release()
	c.buffer, c.data, c.guarded = nil, nil, nil
}
