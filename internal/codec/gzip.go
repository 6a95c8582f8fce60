package codec

import (
	"bufio"
	"bytes"
	"errors"
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
	long    bool   // a member is handed on as it is read, its checksum not seen
	text    []byte // of a member that is not, in part
	part    partText
	trouble error // to be told when ready has been read

	delivered int64
	confirmed int64 // of delivered, up to the end of the last good member
	taken     int64 // bytes of the file up to the end of the segment that is being read
	rescue    salvage
}

func openGzip(in input) textReader {
	g := &gzipStream{segments: newSegmenter(in, segmentSize)}
	g.rescue = salvage{in: in, magic: memberMagic, check: checkMember}
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

// checkMember reads a member to its end.
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
			if _, goesOn := err.(*Gap); goesOn {
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
	g.single = true
	g.confirmed = g.delivered
	g.bytes = &segmentReader{stream: g, rest: s.data}
	g.file = bufio.NewReaderSize(g.bytes, 64<<10)
	return nil
}

// readMember makes the next member ready in single mode, or the beginning of a long one.
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
		return g.rejoin()
	default:
		return g.goOn(start, damaged(err))
	}
	return nil
}

// goOn goes to the next good member after the one at start, which err is the trouble with. Where there is none, what came
// of it is ready and the trouble remains.
func (g *gzipStream) goOn(start int64, err error) error {
	d, ok := errors.AsType[*Damage](err)
	if !ok {
		return err
	}
	next := g.rescue.next(start + 1)
	if next < 0 {
		g.ready, g.trouble = g.text, d
		return nil
	}
	if g.rescue.in.accept {
		g.ready = g.text
	}
	g.trouble, g.single = &Gap{d}, false
	g.segments.close()
	g.segments = newSegmenter(g.rescue.after(next), g.segments.size)
	g.taken = next
	return nil
}

// readLong reads on in a member that is handed on as it is read.
func (g *gzipStream) readLong(p []byte) (n int, err error) {
	n, err = g.member.Read(p)
	if err != io.EOF {
		return n, g.explained(err)
	}
	g.long = false
	g.confirmed = g.delivered + int64(n)
	return n, g.rejoin()
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
