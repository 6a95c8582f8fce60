package posthog

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// A textReader gives the text of a file. Reading it ends with io.EOF, with a *damage, or with the trouble the disk had.
type textReader interface {
	io.Reader
	used() int64     // bytes of the file that have been used for what has been read
	verified() int64 // of the bytes read, how many from the start are known to be right
	close()          // ends what the reader has running
}

// input is a file as it is on disk.
type input struct {
	io.Reader
	at     io.ReaderAt // the same file at an offset; nil where it cannot be read so, and then damage ends it
	accept bool        // text of damaged parts is wanted too
}

// streamOptions are what is known of a file that is opened. The zero value is fine.
type streamOptions struct {
	at     io.ReaderAt // as in input
	accept bool        // as in input
	name   string      // of the file: brotli, which has no magic, is looked for in all that is named .br
}

// A stream is a file's text, decompressed, as UTF-8. Reading it ends as that of a textReader does.
type stream struct {
	codec string // what the file is compressed with; empty for nothing
	text  textReader
	begun bool // the first text has been read
}

// Read reads on. The first call fills p if there is so much text, since text in UTF-16 is recognised by that.
func (s *stream) Read(p []byte) (n int, err error) {
	if s.begun {
		return s.text.Read(p)
	}
	s.begun = true
	for n < len(p) && err == nil {
		var more int
		more, err = s.text.Read(p[n:])
		n += more
	}
	if order := utf16Order(p[:n]); order != nil {
		s.text = newUTF16Reader(s.text, order, p[:n], err)
		return s.text.Read(p)
	}
	return n, err
}

func (s *stream) used() int64     { return s.text.used() }
func (s *stream) verified() int64 { return s.text.verified() }
func (s *stream) close()          { s.text.close() }

// damage is what a stream returns when the file is not what it was when it was compressed.
type damage struct {
	err   error
	keep  bool   // what was read is right as far as it goes: the file just ends too soon
	minor bool   // everything has been read
	hint  string // what to do about it; empty for the usual
}

func (d *damage) Error() string { return d.err.Error() }
func (d *damage) Unwrap() error { return d.err }

// damaged is err, as damage unless it is trouble with the disk.
func damaged(err error) error {
	if _, ok := errors.AsType[*diskError](err); ok {
		return err
	}
	d := &damage{err: err}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		d.err, d.keep = fmt.Errorf("the file is cut off: %w", err), true
	}
	if padding, ok := errors.AsType[*paddingError](err); ok {
		d.keep, d.minor = true, padding.few
	}
	return d
}

// codec is one way to compress a file, recognised by what the file begins with.
type codec struct {
	magic string
	open  func(input) textReader // nil: known by name, but not read
	name  string
	tool  string // what decompresses it
}

// codecs are those with a magic. Brotli has none.
var codecs = []codec{
	{magic: "\x1f\x8b\x08", name: "gzip", open: openGzip, tool: "gzip -d"},
	{magic: zstdMagic, name: "zstd", open: openFrames(zstdFrames), tool: "zstd -d"},
	{magic: lz4Magic, name: "lz4", open: openFrames(lz4Frames), tool: "lz4 -d"},
	{magic: snappyMagic, name: "snappy", open: openSnappy, tool: "snzip -d"},
	{magic: s2Magic, name: "s2", open: openSnappy, tool: "s2d"},
	{magic: "\x02\x21\x4c\x18", name: "lz4's old format", tool: "lz4 -d"},
	{magic: "BZh", name: "bzip2", tool: "bzip2 -d"},
	{magic: "\xfd7zXZ\x00", name: "xz", tool: "xz -d"},
	{magic: "7z\xbc\xaf\x27\x1c", name: "7-Zip", tool: "7z x"},
}

// codecOf returns the codec of a file that begins with head, nil when none has its magic.
func codecOf(head []byte) *codec {
	for i := range codecs {
		if bytes.HasPrefix(head, []byte(codecs[i].magic)) {
			return &codecs[i]
		}
	}
	return nil
}

// isPacked reports whether a file that begins with head is compressed, as far as its first bytes alone say so: those of brotli
// do not.
func isPacked(head []byte) bool { return codecOf(head) != nil || skippable(head) }

// unsupported says that a file is compressed as nothing here decompresses it.
type unsupported struct {
	codec string
	hint  string // what to do
	twice bool   // it is the text of another codec
}

func (e *unsupported) Error() string {
	if e.twice {
		return "the file is compressed twice (" + e.codec + " inside)"
	}
	return "the file is compressed with " + e.codec + ", which ph2cio cannot read"
}

// openStream finds out by the file's first bytes how it is compressed, and with what. Its error is *unsupported or comes
// from the disk.
func openStream(file io.Reader, o streamOptions) (*stream, error) {
	in := input{Reader: file, at: o.at, accept: o.accept}
	look := in.at
	if look == nil {
		ahead := peeking{bufio.NewReaderSize(file, brotliHead)}
		in.Reader, look = ahead, ahead
	}
	head, err := headOf(look, 0, headSize)
	if err != nil {
		return nil, err
	}
	if skippable(head) {
		start, err := firstFrame(look)
		if err != nil {
			return nil, err
		}
		if head, err = headOf(look, start, headSize); err != nil {
			return nil, err
		}
	}
	if c := codecOf(head); c != nil {
		if c.open == nil {
			return nil, &unsupported{codec: c.name, hint: "decompress it first: " + c.tool}
		}
		return &stream{codec: c.name, text: c.open(in)}, nil
	}
	// The name is a hint only: text is nearly never brotli by accident.
	if named := strings.HasSuffix(o.name, ".br"); named || !isText(head) && !isUTF16(head) {
		if head, err = headOf(look, 0, brotliHead); err != nil {
			return nil, err
		}
		if isBrotli(head) {
			return &stream{codec: "brotli", text: openBrotli(in)}, nil
		}
	}
	return &stream{text: &plainReader{file: file}}, nil
}

// peeking looks at the beginning of what is read in order. Nothing may have been read of it.
type peeking struct{ *bufio.Reader }

// ReadAt sees the file end where its buffer does.
func (p peeking) ReadAt(b []byte, at int64) (n int, err error) {
	end := min(at+int64(len(b)), int64(p.Size()))
	head, err := p.Peek(int(end))
	if at < int64(len(head)) {
		n = copy(b, head[at:])
	}
	if err == nil && n < len(b) {
		err = io.EOF
	}
	return n, err
}

// headSize is how much of a file is looked at to tell text and codecs apart, in bytes.
const headSize = 512

// firstFrame returns where a file begins after any frames that hold no text.
func firstFrame(file io.ReaderAt) (start int64, err error) {
	header := make([]byte, skippableHeader)
	for range mostSkipped {
		if _, err := file.ReadAt(header, start); err != nil && err != io.EOF {
			return 0, err
		}
		if !skippable(header) {
			break
		}
		start += skippableHeader + skippableSize(header)
	}
	return start, nil
}

// headOf returns so many bytes of a file, or what there is.
func headOf(file io.ReaderAt, start int64, size int) ([]byte, error) {
	head := make([]byte, size)
	n, err := file.ReadAt(head, start)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return head[:n], nil
}

// mostSkipped is how many frames that hold no text are left out before the first of a file.
const mostSkipped = 1000

// Frames that hold no text may stand before, between and after those of zstd and lz4.
const skippableHeader = 8

func skippable(head []byte) bool {
	return len(head) >= 4 && head[0]&0xf0 == 0x50 && string(head[1:4]) == "\x2a\x4d\x18"
}

func skippableSize(header []byte) int64 { return int64(binary.LittleEndian.Uint32(header[4:])) }

// isText reports whether a file that begins with head is text: UTF-8 without control characters, as far as one can see.
func isText(head []byte) bool {
	for i := 0; i < len(head); {
		c := head[i]
		if c < utf8.RuneSelf {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0x7f {
				return false
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(head[i:])
		if r == utf8.RuneError && size == 1 {
			return !utf8.FullRune(head[i:]) // cut in the middle
		}
		i += size
	}
	return true
}

// packedTwice refuses text that is compressed once more.
func packedTwice(text []byte) *unsupported {
	if c := codecOf(text); c != nil {
		return &unsupported{codec: c.name, hint: "decompress it once and use the result", twice: true}
	}
	return nil
}

// plainReader gives a file that is not compressed.
type plainReader struct {
	file io.Reader
	read int64
}

func (s *plainReader) Read(p []byte) (int, error) {
	n, err := s.file.Read(p)
	s.read += int64(n)
	return n, err
}

func (s *plainReader) used() int64     { return s.read }
func (s *plainReader) verified() int64 { return math.MaxInt64 }
func (s *plainReader) close()          {}
