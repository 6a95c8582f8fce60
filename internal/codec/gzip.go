package codec

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"

	"github.com/klauspost/compress/gzip"
)

// gzipStream reads gzip with any number of members. Some programs write a member per row; then starting a
// member takes longer than decompressing it. So the file is cut into segments, each guessed to hold whole
// members, and segments are decompressed in parallel. Where the guess is wrong (a large member, a cut in the
// wrong place, damage) the stream reads one member after the other, until a member and a segment end at the
// same place again.
type gzipStream struct {
	segments *segmenter
	segment  *segment // the current one
	ready    []byte   // rest of its text that Read has not given yet

	// For reading one member after the other, across the ends of segments.
	single  bool
	bytes   *segmentReader
	file    *bufio.Reader // over bytes
	member  gzip.Reader
	long    bool   // the member is longer than wholePart: its text is given before its checksum is known
	text    []byte // of a shorter member, in the buffer of part
	part    partText
	trouble error // to return when ready is empty

	delivered int64 // bytes of text that Read has given
	confirmed int64 // bytes of text up to the end of the last good member
	taken     int64 // bytes of the file up to the end of the current segment
	resync    resyncer
}

func openGzip(in input) textReader {
	g := &gzipStream{segments: newSegmenter(in, segmentSize)}
	g.resync = resyncer{in: in, magic: memberMagic, check: checkMember}
	return g
}

func (g *gzipStream) used() int64 { return g.taken }

func (g *gzipStream) close() {
	g.segments.close()
	g.part.close()
}

func (g *gzipStream) verified() int64 {
	if g.single {
		return g.confirmed
	}
	return math.MaxInt64
}

// checkMember decompresses one member and drops its text.
func checkMember(in io.Reader) error {
	z := inflaters.Get().(*gzip.Reader)
	defer inflaters.Put(z)
	if err := z.Reset(bufio.NewReaderSize(in, 4<<10)); err != nil {
		return err
	}
	z.Multistream(false)
	_, err := io.Copy(io.Discard, z)
	return err
}

func (g *gzipStream) Read(p []byte) (n int, err error) {
	for {
		switch {
		case len(g.ready) > 0:
			n = copy(p, g.ready)
			g.ready = g.ready[n:]
			g.delivered += int64(n)
			return n, nil
		case g.trouble != nil:
			err = g.trouble
			if _, isGap := err.(*Gap); isGap {
				g.trouble = nil
			}
		case g.long:
			n, err = g.readLong(p)
			g.delivered += int64(n)
		case g.single:
			err = g.readMember()
		default:
			err = g.nextSegment()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// nextSegment makes the text of the next segment ready, or switches to reading single members if the guess
// was wrong.
func (g *gzipStream) nextSegment() error {
	s, err := g.segments.next()
	g.segment = s
	if err != nil {
		return err
	}
	g.taken += int64(len(s.data))
	if s.members && s.inflated() {
		g.ready = s.text
		return nil
	}
	g.segments.speculate(false)
	g.single = true
	g.confirmed = g.delivered
	g.bytes = &segmentReader{stream: g, rest: s.data}
	g.file = bufio.NewReaderSize(g.bytes, 64<<10)
	return nil
}

// readMember decompresses the next member, or the beginning of a long one, into ready.
func (g *gzipStream) readMember() error {
	start := g.taken - int64(len(g.bytes.rest)) - int64(g.file.Buffered())
	g.text = g.part.room()
	err := g.startMember()
	if err == io.EOF {
		return io.EOF
	}
	if err == nil {
		g.text, err = readPart(&g.member, g.text)
	}
	switch {
	case err == nil:
		g.long, g.ready = true, g.text
	case err == io.EOF:
		g.ready = g.text
		g.confirmed = g.delivered + int64(len(g.ready))
		return g.rejoinSegments()
	default:
		return g.skipDamaged(start, damaged(err))
	}
	return nil
}

// skipDamaged skips to the next good member after the one at start, which failed with err. If there is none,
// the text that the damaged member gave is ready and the error comes after it.
func (g *gzipStream) skipDamaged(start int64, err error) error {
	d, ok := errors.AsType[*Damage](err)
	if !ok {
		return err
	}
	next, err := g.resync.next(start + 1)
	if err != nil {
		return err
	}
	if next < 0 {
		g.ready, g.trouble = g.text, d
		return nil
	}
	if g.resync.in.accept {
		g.ready = g.text
	}
	g.trouble, g.single = &Gap{d}, false
	g.segments.close()
	g.segments = newSegmenter(g.resync.after(next), g.segments.size)
	g.taken = next
	return nil
}

// readLong reads text of a member that is longer than wholePart.
func (g *gzipStream) readLong(p []byte) (n int, err error) {
	n, err = g.member.Read(p)
	switch {
	case err == nil:
		return n, nil
	case err != io.EOF:
		return n, damaged(err)
	}
	g.long = false
	g.confirmed = g.delivered + int64(n)
	return n, g.rejoinSegments()
}

// startMember reads the header of the next member. It returns io.EOF if there is none.
func (g *gzipStream) startMember() error {
	magic, err := g.file.Peek(2)
	if len(magic) == 0 {
		return err
	}
	if !bytes.HasPrefix([]byte("\x1f\x8b"), magic) {
		return skipPadding(g.file, "gzip")
	}
	if err = g.member.Reset(g.file); err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	g.member.Multistream(false)
	return err
}

// rejoinSegments goes back to whole segments if the member that has ended was the last of its segment.
func (g *gzipStream) rejoinSegments() error {
	if g.file.Buffered() > 0 || len(g.bytes.rest) > 0 || !g.segments.nextIsMembers() {
		return nil
	}
	g.single = false
	g.segments.speculate(true)
	return nil
}

// segmentReader gives the compressed bytes of one segment after the other. No Read crosses from one into the
// next.
type segmentReader struct {
	stream *gzipStream
	rest   []byte
}

func (r *segmentReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		s, err := r.stream.segments.next()
		if err != nil {
			return 0, err
		}
		r.stream.taken += int64(len(s.data))
		r.rest = s.data
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
