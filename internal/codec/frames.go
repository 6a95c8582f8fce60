package codec

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// frameStream reads a file of any number of frames, as zstd and lz4 have them. It walks over the frames itself, so that
// it knows where each ends and what follows the last; a decoder sees one frame at a time.
type frameStream struct {
	format  *frameFormat
	disk    countedFile
	file    *bufio.Reader // over disk
	frame   frameReader   // over file
	decoder frameDecoder
	inside  bool   // a frame is being read
	start   int64  // where in the file it begins
	long    bool   // it is handed on as it is read, its checksum not seen
	text    []byte // of a frame that is not, in part
	part    partText
	ready   []byte // what is left of text
	trouble error  // to be told when ready has been read

	delivered int64
	confirmed int64 // of delivered, up to the end of the last good frame
	rescue    salvage
}

// frameFormat is one way to lay frames out.
type frameFormat struct {
	name    string
	magic   string
	walker  func() frameWalker // a new one for each frame
	decoder func() frameDecoder
	lenient func() frameDecoder // one that compares no checksum; nil where the other gives all text before it compares
}

// A frameWalker says how many bytes the parts of one frame have: its header first, then its blocks. What follows the last
// block belongs to it.
type frameWalker interface {
	header(in *bufio.Reader) (size int64, err error)
	block(in *bufio.Reader) (size int64, last bool, err error)
}

// A frameDecoder decompresses one frame after the other.
type frameDecoder interface {
	io.Reader
	start(frame io.Reader) error
	explain(err error) *Damage // what an error of its own means; nil for damage like any other
	close()
}

const frameBuffer = 256 << 10 // compressed bytes

func openFrames(format *frameFormat) func(input) textReader {
	return func(in input) textReader {
		s := &frameStream{format: format, disk: countedFile{file: in}, decoder: format.decoder()}
		s.file = bufio.NewReaderSize(&s.disk, frameBuffer)
		s.rescue = salvage{in: in, magic: format.magic, check: func(in io.Reader) error { return checkFrame(format, in) }}
		return s
	}
}

func (s *frameStream) used() int64     { return s.disk.read - int64(s.file.Buffered()) }
func (s *frameStream) verified() int64 { return s.confirmed }

func (s *frameStream) close() {
	s.decoder.close()
	s.part.close()
}

// checkFrame reads a frame to its end.
func checkFrame(format *frameFormat, in io.Reader) (err error) {
	s := openFrames(format)(input{Reader: in}).(*frameStream)
	defer s.close()
	if err = s.nextFrame(); err != nil {
		return err
	}
	for window := make([]byte, 64<<10); err == nil; {
		_, err = s.readFrame(window)
	}
	if err == io.EOF {
		return nil
	}
	return err
}

func (s *frameStream) Read(p []byte) (n int, err error) {
	for {
		switch {
		case len(s.ready) > 0:
			n = copy(p, s.ready)
			s.ready = s.ready[n:]
			s.delivered += int64(n)
			return n, nil
		case s.trouble != nil:
			err = s.trouble
			if _, goesOn := err.(*Gap); goesOn {
				s.trouble = nil
			}
		case s.long:
			n, err = s.readFrame(p)
			s.delivered += int64(n)
			if err == io.EOF {
				s.long, s.confirmed, err = false, s.delivered, nil
			}
			if err = s.explained(err); err != nil {
				s.ready, s.trouble = s.tail(s.delivered-s.confirmed), err
				err = nil
			}
		default:
			err = s.startFrame()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// startFrame makes the next frame ready, or the beginning of a long one. Its error is io.EOF when there is none.
func (s *frameStream) startFrame() error {
	s.text = s.part.room()
	err := s.nextFrame()
	if err == io.EOF && !s.inside {
		return io.EOF
	}
	if err == nil {
		s.text, err = readPart(frameText{s}, s.text)
	}
	switch {
	case err == nil:
		s.long, s.ready = true, s.text
		return nil
	case err == io.EOF && !s.inside:
		s.ready = s.text
		s.confirmed = s.delivered + int64(len(s.ready))
		return nil
	}
	return s.goOn(s.explained(err))
}

// goOn goes to the next good frame after the one that err is the trouble with. Where there is none, what came of it is
// ready and the trouble remains.
func (s *frameStream) goOn(err error) error {
	d, ok := errors.AsType[*Damage](err)
	if !ok {
		return err
	}
	next := int64(-1)
	if d.Hint == "" { // it is not one that is not read at all
		next = s.rescue.next(s.start + 1)
	}
	s.text = append(s.text, s.tail(int64(len(s.text)))...)
	if next < 0 {
		s.ready, s.trouble = s.text, d
		return nil
	}
	if s.rescue.in.accept {
		s.ready = s.text
	}
	s.confirmed = s.delivered + int64(len(s.ready))
	s.trouble, s.inside = &Gap{d}, false
	s.disk = countedFile{file: s.rescue.after(next), read: next}
	s.file.Reset(&s.disk)
	return nil
}

// tail returns what a decoder has kept back of a damaged frame's text, of which it has given so many bytes: one that has
// seen a wrong checksum does not hand on the text before it.
func (s *frameStream) tail(given int64) (text []byte) {
	if !s.rescue.in.accept || s.rescue.in.at == nil || s.format.lenient == nil {
		return nil
	}
	d := s.format.lenient()
	defer d.close()
	frame := &frameReader{file: bufio.NewReader(s.rescue.after(s.start)), walker: s.format.walker()}
	if d.start(frame) != nil {
		return nil
	}
	if _, err := io.CopyN(io.Discard, d, given); err != nil {
		return nil
	}
	text, _ = readPart(d, make([]byte, 0, wholePart))
	return text
}

// readFrame reads on in a frame; io.EOF is its end.
func (s *frameStream) readFrame(p []byte) (n int, err error) {
	n, err = s.decoder.Read(p)
	if err == io.EOF && s.frame.err == io.EOF {
		s.inside = false
		return n, io.EOF
	}
	if err == io.EOF {
		err = errFrameEnd
	}
	return n, err
}

// frameText is a frame as a reader.
type frameText struct{ stream *frameStream }

func (t frameText) Read(p []byte) (int, error) { return t.stream.readFrame(p) }

var errFrameEnd = errors.New("a compressed frame ends too early")

// nextFrame goes to the next frame. Its error is io.EOF when there is none.
func (s *frameStream) nextFrame() error {
	for {
		s.start = s.used()
		magic, err := s.file.Peek(len(s.format.magic))
		switch {
		case err != nil && (err != io.EOF || len(magic) == 0):
			return err
		case string(magic) == s.format.magic[:len(magic)]:
			s.frame = frameReader{file: s.file, walker: s.format.walker()}
			s.inside = true
			return s.decoder.start(&s.frame)
		case !skippable(magic):
			return skipPadding(s.file, s.format.name)
		}
		if err := s.skip(); err != nil {
			return err
		}
	}
}

// skip leaves out a frame that holds no text.
func (s *frameStream) skip() error {
	header, err := s.file.Peek(skippableHeader)
	if err != nil {
		return unexpected(err)
	}
	_, err = io.CopyN(io.Discard, s.file, skippableHeader+skippableSize(header))
	return unexpected(err)
}

// explained tells damage from trouble with the disk, and a file that ends too soon from one that is wrong.
func (s *frameStream) explained(err error) error {
	if err == nil || err == io.EOF && !s.inside {
		return err
	}
	if s.frame.err != nil && s.frame.err != io.EOF {
		err = s.frame.err // decoders make other errors of it
	}
	if d := s.decoder.explain(err); d != nil {
		return d
	}
	return damaged(err)
}

// frameReader gives the bytes of one frame.
type frameReader struct {
	file   *bufio.Reader
	walker frameWalker

	inBlocks bool  // the header is behind
	last     bool  // and no part comes after the one that is being read
	left     int64 // of the part that is being read
	err      error // what ended it: io.EOF at the end of the frame
}

// next goes to the next part.
func (r *frameReader) next() error {
	var err error
	switch {
	case r.last:
		return io.EOF
	case r.inBlocks:
		r.left, r.last, err = r.walker.block(r.file)
	default:
		r.inBlocks = true
		r.left, err = r.walker.header(r.file)
	}
	return unexpected(err)
}

func (r *frameReader) Read(p []byte) (n int, err error) {
	if r.err != nil {
		return 0, r.err
	}
	if r.left == 0 {
		if r.err = r.next(); r.err != nil {
			return 0, r.err
		}
	}
	n, err = r.file.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	r.err = unexpected(err)
	return n, r.err
}

// mostSkipped is how many frames that hold no text are left out before the first of a file.
const mostSkipped = 1000

// Frames that hold no text may stand before, between and after those of zstd and lz4.
const skippableHeader = 8

func skippable(head []byte) bool {
	return len(head) >= 4 && head[0]&0xf0 == 0x50 && string(head[1:4]) == "\x2a\x4d\x18"
}

func skippableSize(header []byte) int64 { return int64(binary.LittleEndian.Uint32(header[4:])) }
