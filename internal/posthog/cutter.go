package posthog

import (
	"bytes"

	"ph2cio/internal/codec"
	"ph2cio/internal/rawjson"
	"ph2cio/internal/source"
)

// cutter assembles the rows of one source from its windows, and passes them on as chunks.
type cutter struct {
	out     *output
	options *Options
	input   *source.Source
	source  int     // input's index among the sources read
	before  int64   // bytes of the sources before it
	codec   string  // its compression
	layout  *layout // nil until the first window has been seen

	rest     []byte       // the beginning of a row that continues in the next window
	arena    *arena       // the memory of rest, if it is long
	skipping bool         // within a row that is too long, of which nothing is kept
	gapped   bool         // text is missing before the next window
	headless *SourceError // damage at the beginning, if the layout is not known yet
	end      int64        // decompressed bytes up to and including rest
	used     int64        // bytes of the file that were read for that
	line     int64        // the line on which rest begins
}

// piece is the rows of one chunk: its text, how many they are, and where each ends unless each line is a row.
type piece struct {
	chunkText
	rows    int
	ends    []uint32
	tooLong bool // the text is the beginning of a single row that is too long
}

// add adds the next window. It returns an error if the source is refused.
func (c *cutter) add(b block) *SourceError {
	text := b.bytes()
	c.end, c.used = b.end, c.before+b.used
	if c.layout == nil {
		l, skip, refused := c.recognise(text, b.whole)
		if c.headless != nil && (refused != nil || l != nil && (l.line == nil || !anyEvent(text))) {
			b.buffer.release()
			return c.headless
		}
		if refused != nil {
			b.buffer.release()
			return refusedSource(c.input, refused, c.codec)
		}
		if l != nil {
			c.begin(l)
		}
		c.line += int64(bytes.Count(text[:skip], newline))
		text = text[skip:]
	}
	if c.gapped && len(text) > 0 {
		c.gapped = false
		c.skipping = c.layout.columns == nil && text[0] != '{' // no row begins here
	}
	if c.skipping {
		text = c.skip(text)
	}
	if len(text) == 0 || c.afterAll(text) {
		b.buffer.release()
		return nil
	}
	c.cut(text, b.buffer)
	return nil
}

// begin sets the layout, and passes on what it says about the source.
func (c *cutter) begin(l *layout) {
	if c.layout = l; l.said != nil {
		c.say(*l.said)
	}
}

// afterAll reports whether text is only white space after the last row of a document, which is not kept.
func (c *cutter) afterAll(text []byte) bool {
	return len(c.rest) > headroom && c.layout.elements != nil && c.layout.elements.over && len(bytes.TrimSpace(text)) == 0
}

// bridge prepares for text after damage. It returns false for a file that cannot be read after damage,
// because its rows are not lines and it is unknown where the next row begins.
func (c *cutter) bridge(damage *SourceError) bool {
	if c.layout == nil {
		c.headless = damage
	} else if c.layout.line == nil && c.layout.columns == nil {
		return false
	}
	c.drop()
	c.skipping, c.gapped = false, true
	return true
}

// recognise is recogniseFile for text that may be compressed twice.
func (c *cutter) recognise(text []byte, whole bool) (l *layout, skip int, refused *refusal) {
	if e := codec.CompressedTwice(text); e != nil {
		return nil, 0, refuse(e.Error(), e.Hint)
	}
	return recogniseFile(text, whole, *c.options)
}

// skip removes the part of a row that is too long.
func (c *cutter) skip(text []byte) []byte {
	if c.layout.elements != nil {
		after, ok := c.layout.elements.skip(text)
		c.skipping = !ok
		c.line += int64(bytes.Count(text[:len(text)-len(after)], newline))
		return after
	}
	_, after, ok := bytes.Cut(text, []byte{'\n'})
	if !ok {
		return nil
	}
	c.skipping = false
	c.line++
	return after
}

// cut passes on the complete rows in rest followed by text. text is in b.
func (c *cutter) cut(text []byte, b *buffer) {
	if c.withinRow(text) {
		if len(c.rest)+len(text) > c.options.MaxRow+1 {
			c.tooLong(c.rest)
		} else {
			c.rest = c.extended(text)
		}
		b.release()
		return
	}
	data, b := c.join(text, b)
	var s splitting
	for {
		n, rows, ends := c.layout.split(data, s)
		if n > 0 {
			var memory *arena
			if b != nil {
				c.rest = append(c.rest[:0], data[n:]...)
			} else { // the chunk takes over the memory of rest
				c.rest, memory, c.arena = bytes.Clone(data[n:]), c.arena, nil
			}
			text := chunkText{data: data[:n], buffer: b, arena: memory}
			c.emit(piece{chunkText: text, rows: rows, ends: ends}, len(c.rest))
			data, b = c.rest, nil
		}
		switch {
		case len(data) <= c.options.MaxRow+1, c.layout.columns != nil: // one more byte, which may be part of the line end
			c.keep(data, b)
			return
		case !s.giveUp:
			s.giveUp = true
		default:
			c.tooLong(data)
			b.release()
			return
		}
	}
}

// tooLong rejects the row that data begins with, and skips the rest of it.
func (c *cutter) tooLong(data []byte) {
	shown := bytes.Clone(data[:min(len(data), shownRow)])
	c.emit(piece{chunkText: chunkText{data: shown}, rows: 1, tooLong: true}, 0)
	c.skipping = true
	if c.layout.elements != nil {
		c.line += int64(bytes.Count(data, newline))
	}
	c.drop()
}

// withinRow reports whether a window is the middle of a long row, which need not be examined again.
func (c *cutter) withinRow(text []byte) bool {
	return c.layout.line != nil && len(c.rest) > headroom && bytes.IndexByte(text, '\n') < 0
}

// join returns rest followed by text: in text's buffer if there is room. Otherwise it uses new memory, and
// the returned buffer is nil.
func (c *cutter) join(text []byte, b *buffer) ([]byte, *buffer) {
	if len(c.rest) == 0 {
		return text, b
	}
	if start := headroom - len(c.rest); start >= 0 {
		copy(b.bytes[start:], c.rest)
		return b.bytes[start : headroom+len(text)], b
	}
	data := c.extended(text)
	b.release()
	return data, nil
}

// extended returns rest followed by text, and room for a guard, in memory that belongs to rest.
func (c *cutter) extended(text []byte) []byte {
	need := len(c.rest) + len(text) + rawjson.Guard
	if need <= cap(c.rest) || need < longRest {
		return append(c.rest, text...)
	}
	// Take memory for the longest possible row at once: unused memory costs nothing, and growing would copy.
	s := takeArena(max(need, c.options.MaxRow+windowSize+rawjson.Guard))
	data := append(append(s.memory[:0], c.rest...), text...)
	c.arena.release()
	c.arena = s
	return data
}

// longRest is the size from which a row is assembled in an arena.
const longRest = 2 << 20

// drop forgets rest.
func (c *cutter) drop() {
	c.arena.release()
	c.rest, c.arena = nil, nil
}

// keep makes data the rest. data is in b, or in other memory if b is nil.
func (c *cutter) keep(data []byte, b *buffer) {
	if b == nil {
		c.rest = data
		return
	}
	c.rest = append(c.rest[:0], data...)
	b.release()
}

// finish passes on the remaining rows at the regular end of the source.
func (c *cutter) finish() {
	if c.layout == nil {
		return
	}
	if c.skipping {
		c.drop()
	}
	if c.layout.ending != nil {
		if said := c.layout.ending(c.rest); said != nil {
			defer c.say(*said)
		}
	}
	if len(c.rest) == 0 || c.leavesHalf() {
		return
	}
	p := c.tail(c.rest, c.arena)
	c.rest, c.arena = nil, nil
	c.emit(p, 0)
}

// tail returns the last rows of a source. arena is the memory of rest, nil for memory of Go.
func (c *cutter) tail(rest []byte, arena *arena) piece {
	n, rows, ends := c.layout.split(rest, splitting{last: true})
	unended := n < len(rest)
	if unended {
		rows++
		if ends != nil || c.layout.csv {
			ends = append(ends, uint32(len(rest)))
		}
	}
	return piece{chunkText: chunkText{data: rest, unended: unended, arena: arena}, rows: rows, ends: ends}
}

// say passes on an error or a warning about the source.
func (c *cutter) say(said SourceError) {
	said.Path = c.input.Name
	c.out.report(&said)
}

// emit passes on the next rows as a chunk. rest is how many bytes were read after them.
func (c *cutter) emit(p piece, rest int) {
	chunk := c.chunk(p, rest)
	switch {
	case p.tooLong:
	case p.ends == nil, c.layout.columns != nil: // each row counts as a line
		c.line += int64(p.rows)
	default:
		c.line += int64(bytes.Count(chunk.data, newline))
	}
	c.out.chunk(chunk)
}

// chunk makes the next chunk. rest is how many bytes were read after its rows.
func (c *cutter) chunk(p piece, rest int) *Chunk {
	p.guard()
	return &Chunk{
		Number: c.out.number, Source: c.source, Ref: c.out.ref, Rows: p.rows, Line: c.line,
		Bytes: c.used, End: c.end - int64(rest), Shape: c.layout.shape, Codec: c.codec,
		path: c.input.Name, chunkText: p.chunkText, ends: p.ends, layout: c.layout, tooLong: p.tooLong, maxRow: c.options.MaxRow,
	}
}
