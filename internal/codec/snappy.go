package codec

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"

	"github.com/klauspost/compress/s2"
)

// snappyStream reads snappy's framing format, and that of S2, which has larger blocks. Each block has a
// checksum, which is compared before its text is given. The format has no end mark: a file that is cut
// between two blocks looks complete.
type snappyStream struct {
	disk  countedInput
	file  *bufio.Reader // over disk
	most  int           // largest text of a block, in bytes
	chunk []byte        // a chunk as it is in the file
	text  []byte
	ready []byte // rest of text, or of a chunk that is not compressed, that Read has not given yet
}

const (
	snappyMagic = "\xff\x06\x00\x00sNaPpY"
	s2Magic     = "\xff\x06\x00\x00S2sTwO"

	snappyBlock = 64 << 10
	s2Block     = 4 << 20
)

func openSnappy(in input) textReader {
	s := &snappyStream{disk: countedInput{file: in}}
	s.file = bufio.NewReaderSize(&s.disk, frameBuffer)
	return s
}

func (s *snappyStream) used() int64     { return s.disk.read - int64(s.file.Buffered()) }
func (s *snappyStream) verified() int64 { return math.MaxInt64 }
func (s *snappyStream) close()          {}

func (s *snappyStream) Read(p []byte) (int, error) {
	for len(s.ready) == 0 {
		if err := s.next(); err == io.EOF {
			return 0, err
		} else if err != nil {
			return 0, damaged(err)
		}
	}
	n := copy(p, s.ready)
	s.ready = s.ready[n:]
	return n, nil
}

const (
	snappyCompressed   = 0x00
	snappyUncompressed = 0x01
	snappyIdentifier   = 0xff

	// These hold no text. A chunk of any other kind may be a damaged one of the first two, and is not
	// skipped.
	snappyFilling = 0xfe
	s2Index       = 0x99
)

// next reads a chunk.
func (s *snappyStream) next() error {
	header, err := s.file.Peek(4)
	switch {
	case len(header) == 0:
		return err
	case !slices.Contains(snappyKinds, header[0]):
		return skipPadding(s.file, "snappy")
	case err != nil:
		return unexpected(err)
	}
	kind, size := header[0], int(binary.LittleEndian.Uint32(header)>>8)
	switch {
	case kind == snappyIdentifier:
		return s.begin()
	case kind == snappyFilling, kind == s2Index:
		_, err := s.file.Discard(4 + size)
		return unexpected(err)
	case size < 4: // no room for a checksum
		return skipPadding(s.file, "snappy")
	}
	return s.block(kind, 4+size)
}

var snappyKinds = []byte{snappyCompressed, snappyUncompressed, snappyFilling, s2Index, snappyIdentifier}

// begin reads the identifier that each stream begins with. A file may be several streams in a row.
func (s *snappyStream) begin() error {
	magic, err := s.file.Peek(len(snappyMagic))
	if err != nil {
		return unexpected(err)
	}
	switch string(magic) {
	case snappyMagic:
		s.most = snappyBlock
	case s2Magic:
		s.most = s2Block
	default:
		return errors.New("the file starts again in the middle, but not as snappy")
	}
	_, err = s.file.Discard(len(magic))
	return err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// block reads a chunk of size bytes, with its header, that holds text.
func (s *snappyStream) block(kind byte, size int) (err error) {
	const head = 4 + 4 // of the chunk, and the checksum
	if size-head > s2.MaxEncodedLen(s.most) {
		return fmt.Errorf("a snappy block of %d bytes is longer than the format allows", size-head)
	}
	if cap(s.chunk) < size {
		s.chunk = make([]byte, size, max(size, s2.MaxEncodedLen(snappyBlock)+head))
	}
	s.chunk = s.chunk[:size]
	if _, err := io.ReadFull(s.file, s.chunk); err != nil {
		return unexpected(err)
	}
	text := s.chunk[head:]
	if kind == snappyCompressed {
		if text, err = s.decode(text); err != nil {
			return err
		}
	}
	sum := crc32.Checksum(text, castagnoli)
	if (sum>>15|sum<<17)+0xa282ead8 != binary.LittleEndian.Uint32(s.chunk[4:]) {
		return s2.ErrCRC
	}
	s.ready = text
	return nil
}

func (s *snappyStream) decode(block []byte) ([]byte, error) {
	n, err := s2.DecodedLen(block)
	if err != nil {
		return nil, err
	}
	if n > s.most {
		return nil, fmt.Errorf("a snappy block has %d bytes of text, and the format allows %d", n, s.most)
	}
	if cap(s.text) < n {
		s.text = make([]byte, max(n, snappyBlock))
	}
	return s2.Decode(s.text[:cap(s.text)], block)
}
