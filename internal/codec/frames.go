package codec

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// frameStream reads a file that consists of frames, as zstd and lz4 files do. It parses the layout of the
// frames itself, to know where each ends and what follows the last; the decoder sees one frame at a time.
type frameStream struct {
	format  *frameFormat
	disk    countedInput
	file    *bufio.Reader // over disk
	frame   frameReader   // over file
	decoder frameDecoder
	inside  bool   // a frame has begun and not ended
	start   int64  // its offset in the file
	long    bool   // it is longer than wholePart: its text is given before its checksum is known
	text    []byte // of a shorter frame, in the buffer of part
	part    partText
	ready   []byte // rest of text that Read has not given yet
	trouble error  // to return when ready is empty

	delivered int64 // bytes of text that Read has given
	confirmed int64 // bytes of text up to the end of the last good frame
	resync    resyncer
}

// frameFormat is the layout of the frames of one codec.
type frameFormat struct {
	name    string
	magic   string
	walker  func() frameWalker // a new one for each frame
	decoder func() frameDecoder
	lenient func() frameDecoder // compares no checksums; nil if decoder gives all text before it compares them
}

// A frameWalker returns the sizes of the parts of one frame, in bytes: first of its header, then of each
// block. The last block includes what follows it.
type frameWalker interface {
	header(in *bufio.Reader) (size int64, err error)
	block(in *bufio.Reader) (size int64, last bool, err error)
}

// A frameDecoder decompresses one frame after the other.
type frameDecoder interface {
	io.Reader
	start(frame io.Reader) error
	explain(err error) *Damage // for an error with a hint of its own, else nil
	close()
}

const frameBuffer = 256 << 10 // bytes of the file that are read at once

func openFrames(format *frameFormat) func(input) textReader {
	return func(in input) textReader {
		s := &frameStream{format: format, disk: countedInput{file: in}, decoder: format.decoder()}
		s.file = bufio.NewReaderSize(&s.disk, frameBuffer)
		check := func(in io.Reader) error { return checkFrame(format, in) }
		s.resync = resyncer{in: in, magic: format.magic, check: check}
		return s
	}
}

func (s *frameStream) used() int64     { return s.disk.read - int64(s.file.Buffered()) }
func (s *frameStream) verified() int64 { return s.confirmed }

func (s *frameStream) close() {
	s.decoder.close()
	s.part.close()
}

// checkFrame decompresses one frame and drops its text.
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
			if _, isGap := err.(*Gap); isGap {
				s.trouble = nil
			}
		case s.long:
			n, err = s.readFrame(p)
			s.delivered += int64(n)
			if err == io.EOF {
				s.long, s.confirmed, err = false, s.delivered, nil
			}
			if err = s.explained(err); err != nil {
				s.trouble = err
				if s.ready, err = s.tail(s.delivered - s.confirmed); err != nil {
					s.trouble, err = err, nil
				}
			}
		default:
			err = s.startFrame()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// startFrame decompresses the next frame, or the beginning of a long one, into ready. It returns io.EOF if
// there is no frame.
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
	return s.skipDamaged(s.explained(err))
}

// skipDamaged skips to the next good frame after the one at start, which failed with err. If there is none,
// the text that the damaged frame gave is ready and the error comes after it.
func (s *frameStream) skipDamaged(err error) error {
	d, ok := errors.AsType[*Damage](err)
	if !ok {
		return err
	}
	next := int64(-1)
	if d.Hint == "" { // else the frame is good, but cannot be read here
		if next, err = s.resync.next(s.start + 1); err != nil {
			return err
		}
	}
	tail, err := s.tail(int64(len(s.text)))
	if err != nil {
		return err
	}
	s.text = append(s.text, tail...)
	if next < 0 {
		s.ready, s.trouble = s.text, d
		return nil
	}
	if s.resync.in.accept {
		s.ready = s.text
	}
	s.confirmed = s.delivered + int64(len(s.ready))
	s.trouble, s.inside = &Gap{d}, false
	s.disk = countedInput{file: s.resync.after(next), read: next}
	s.file.Reset(&s.disk)
	return nil
}

// tail returns the text of a damaged frame after the given bytes of it. A decoder that has seen a wrong
// checksum keeps back the text before it, so that another decoder, which compares none, reads the frame
// again. The error is that of reading the file.
func (s *frameStream) tail(given int64) (text []byte, err error) {
	if !s.resync.in.accept || s.resync.in.at == nil || s.format.lenient == nil {
		return nil, nil
	}
	d := s.format.lenient()
	defer d.close()
	file := errorRecorder{Reader: s.resync.after(s.start)}
	frame := &frameReader{file: bufio.NewReader(&file), walker: s.format.walker()}
	if d.start(frame) == nil {
		if _, err := io.CopyN(io.Discard, d, given); err == nil {
			text, _ = readPart(d, make([]byte, 0, wholePart)) // up to the damage
		}
	}
	if file.err != nil {
		return nil, &inputError{file.err}
	}
	return text, nil
}

// readFrame reads text of the current frame. It returns io.EOF at the end of the frame.
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

// frameText is the text of the current frame as an io.Reader.
type frameText struct{ stream *frameStream }

func (t frameText) Read(p []byte) (int, error) { return t.stream.readFrame(p) }

var errFrameEnd = errors.New("a compressed frame ends too early")

// nextFrame starts the decoder on the next frame that holds text. It returns io.EOF if there is none.
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

// skip skips a skippable frame.
func (s *frameStream) skip() error {
	header, err := s.file.Peek(skippableHeader)
	if err != nil {
		return unexpected(err)
	}
	_, err = io.CopyN(io.Discard, s.file, skippableHeader+skippableSize(header))
	return unexpected(err)
}

// explained makes a *Damage of an error in the file. Errors of reading the file and io.EOF stay as they are.
func (s *frameStream) explained(err error) error {
	if err == nil || err == io.EOF && !s.inside {
		return err
	}
	if s.frame.err != nil && s.frame.err != io.EOF {
		err = s.frame.err // decoders hide it behind errors of their own
	}
	if d := s.decoder.explain(err); d != nil {
		return d
	}
	return damaged(err)
}

// frameReader gives the compressed bytes of one frame.
type frameReader struct {
	file   *bufio.Reader
	walker frameWalker

	inBlocks bool  // the header has been read
	last     bool  // the current part is the last one
	left     int64 // unread bytes of the current part
	err      error // that ended reading; io.EOF at the end of the frame
}

// next starts the next part.
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

// mostSkipped is how many skippable frames may stand before the first with text.
const mostSkipped = 1000

// Skippable frames hold no text. They may stand before, between and after frames of zstd and lz4.
const skippableHeader = 8

func skippable(head []byte) bool {
	return len(head) >= 4 && head[0]&0xf0 == 0x50 && string(head[1:4]) == "\x2a\x4d\x18"
}

func skippableSize(header []byte) int64 { return int64(binary.LittleEndian.Uint32(header[4:])) }
