package posthog

import (
	"bufio"
	"bytes"
	"io"
	"math"

	"github.com/klauspost/compress/gzip"
)

// gzipStream reads gzip with any number of members. PostHog writes one member per row, and there a member's set-up
// takes longer than its bytes; so the file is cut into segments, each thought to hold whole members, and segments are
// decompressed side by side. Where the guess is wrong (a single large member, a cut in the wrong place, damage) the
// stream reads on one member after the other, until a member and a segment end together again.
type gzipStream struct {
	segments *segmenter
	segment  *segment // the one that is being read
	ready    []byte   // what is left of its decompressed bytes

	// Reading one member after the other, over the end of segments.
	single  bool
	bytes   *segmentReader
	file    *bufio.Reader // over bytes
	member  gzip.Reader
	between bool // the next thing to read is a member's header

	delivered int64
	confirmed int64 // of delivered, up to the end of the last good member
	taken     int64 // bytes of the segments that have been read to the end, and of the one being read
}

func openGzip(file io.Reader) stream {
	return &gzipStream{segments: newSegmenter(file, segmentSize)}
}

func (g *gzipStream) used() int64 { return g.taken }
func (g *gzipStream) close()      { g.segments.close() }

func (g *gzipStream) verified() int64 {
	if g.single {
		return g.confirmed
	}
	return math.MaxInt64
}

func (g *gzipStream) Read(p []byte) (n int, err error) {
	for {
		switch {
		case len(g.ready) > 0:
			n = copy(p, g.ready)
			g.ready = g.ready[n:]
			g.delivered += int64(n)
			return n, nil
		case g.single:
			n, err = g.readMember(p)
			g.delivered += int64(n)
		default:
			err = g.nextSegment()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// nextSegment takes the next segment, decompressed if the guess was right.
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
	g.single, g.between = true, true
	g.confirmed = g.delivered
	g.bytes = &segmentReader{stream: g, rest: s.data}
	g.file = bufio.NewReaderSize(g.bytes, 64<<10)
	return nil
}

// readMember reads on in single mode. It returns 0 and nil when the next step is another.
func (g *gzipStream) readMember(p []byte) (n int, err error) {
	if g.between {
		g.between = false
		if err = g.startMember(); err != nil {
			return 0, g.explained(err)
		}
	}
	n, err = g.member.Read(p)
	if err == io.EOF {
		g.between = true
		g.confirmed = g.delivered + int64(n)
		return n, g.rejoin()
	}
	return n, g.explained(err)
}

// startMember reads a header.
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

// rejoin goes back to whole segments where a member has ended together with a segment.
func (g *gzipStream) rejoin() error {
	if g.file.Buffered() > 0 || len(g.bytes.rest) > 0 || !g.segments.nextIsMembers() {
		return nil
	}
	g.single = false
	g.segments.speculate(true)
	return nil
}

// explained tells damage from trouble with the disk.
func (g *gzipStream) explained(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return damaged(err)
}

// segmentReader gives the compressed bytes of one segment after the other, no more than one segment's at a time.
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
