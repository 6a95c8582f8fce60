package posthog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"unicode/utf8"
)

// A stream is a source's bytes, decompressed. Reading it ends with io.EOF, with a *damage, or with the trouble the disk
// had.
type stream interface {
	io.Reader
	used() int64     // bytes of the file that have been used for what has been read
	verified() int64 // of the bytes read, how many from the start are known to be right
	close()          // ends what the stream has running
}

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
	open  func(io.Reader) stream // nil: known by name, but not read
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

// openStream finds out by the file's first bytes how it is compressed, and with what; codec is empty for nothing. Its
// error is a *refusal or comes from the disk.
func openStream(file *os.File) (s stream, codec string, err error) {
	head, err := headOf(file, 0, headSize)
	if err != nil {
		return nil, "", err
	}
	if skippable(head) {
		start, err := firstFrame(file)
		if err != nil {
			return nil, "", err
		}
		if head, err = headOf(file, start, headSize); err != nil {
			return nil, "", err
		}
	}
	if c := codecOf(head); c != nil {
		if c.open == nil {
			return nil, c.name, refuse("the file is compressed with "+c.name+", which ph2cio cannot read", "decompress it first: "+c.tool)
		}
		return c.open(file), c.name, nil
	}
	// The name is a hint only: text is nearly never brotli by accident.
	if named := strings.HasSuffix(file.Name(), ".br"); named || !isText(head) && utf16Order(head) == nil {
		if head, err = headOf(file, 0, brotliHead); err != nil {
			return nil, "", err
		}
		if isBrotli(head) {
			return openBrotli(file), "brotli", nil
		}
	}
	return &plainStream{file: file}, "", nil
}

// headSize is how much of a file is looked at to tell text and codecs apart, in bytes.
const headSize = 512

// firstFrame returns where a file begins after any frames that hold no text.
func firstFrame(file *os.File) (start int64, err error) {
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
func headOf(file *os.File, start int64, size int) ([]byte, error) {
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
	for len(head) > 0 {
		if len(head) >= 8 && plainASCII(load8(head, 0)) {
			head = head[8:]
			continue
		}
		r, size := utf8.DecodeRune(head)
		switch {
		case r == utf8.RuneError && size == 1:
			return !utf8.FullRune(head) // cut in the middle
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r == 0x7f:
			return false
		}
		head = head[size:]
	}
	return true
}

// plainASCII reports whether all of eight bytes are ASCII, and none a control character.
func plainASCII(w uint64) bool {
	return (w|(w-' '*ones)|(w^0x7f*ones)-ones)&highs == 0
}

// packedTwice refuses text that is compressed once more.
func packedTwice(text []byte) *refusal {
	if c := codecOf(text); c != nil {
		return refuse("the file is compressed twice ("+c.name+" inside)", "decompress it once and use the result")
	}
	return nil
}

// plainStream is a file that is not compressed.
type plainStream struct {
	file *os.File
	read int64
}

func (s *plainStream) Read(p []byte) (int, error) {
	n, err := s.file.Read(p)
	s.read += int64(n)
	return n, err
}

func (s *plainStream) used() int64     { return s.read }
func (s *plainStream) verified() int64 { return math.MaxInt64 }
func (s *plainStream) close()          {}
