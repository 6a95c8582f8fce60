package parquet

import (
	"bufio"
	"encoding/binary"
)

// snappyReader decompresses a block of Snappy. Programs refer back by at most 64 KB. If one refers back
// further, Read returns errWhole. Source: https://github.com/google/snappy/blob/main/format_description.txt
type snappyReader struct{ lookback }

// beginBlock begins to read a block that has size bytes of text.
func (s *snappyReader) beginBlock(input *bufio.Reader, size int) error {
	s.begin(input)
	n, err := binary.ReadUvarint(input)
	if err == nil && n != uint64(size) {
		err = errSize
	}
	return unexpected(err)
}

func (s *snappyReader) Read(p []byte) (n int, err error) { return s.read(p, s.next) }

func (s *snappyReader) next() error {
	s.many()
	tag, err := s.input.ReadByte()
	if err != nil {
		return err
	}
	high := int(tag >> 2)
	switch tag & 3 {
	case 0:
		const longest = 60 // with the length in the tag
		if high >= longest {
			high, err = s.little(high - longest + 1)
		}
		s.literal = high + 1
	case 1:
		s.repeated = 4 + high&7
		s.back, err = s.little(1)
		s.back |= high >> 3 << 8
	case 2:
		s.repeated = 1 + high
		s.back, err = s.little(2)
	case 3:
		s.repeated = 1 + high
		s.back, err = s.little(4)
	}
	return err
}

// many decompresses short literals and repetitions as long as there is enough of the input and room for the
// text. It copies some bytes more than it needs to, since a copy of a fixed size is much faster.
func (s *snappyReader) many() {
	const longest, wide = 64, 16 // bytes of a literal or repetition, and of a copy
	input, _ := s.input.Peek(s.input.Buffered())
	text, at, from := s.text[:cap(s.text)], len(s.text), 0
	for len(input)-from > longest+2 && len(text)-at >= longest+wide {
		tag := input[from]
		n, back := int(tag>>2)+1, 0
		switch tag & 3 {
		case 0:
			if n <= 60 {
				from++
				copy(text[at:at+longest], input[from:from+longest])
				from, at = from+n, at+n
				continue
			}
		case 1:
			n, back = 4+int(tag>>2&7), int(tag>>5)<<8|int(input[from+1])
		case 2:
			back = int(input[from+1]) | int(input[from+2])<<8
		}
		if back < wide || back > at {
			break // next does it
		}
		for i := 0; i < n; i += wide {
			copy(text[at+i:at+i+wide], text[at+i-back:at+i-back+wide])
		}
		from, at = from+1+int(tag&3), at+n
	}
	_, _ = s.input.Discard(from) // the bytes are buffered
	s.text = text[:at]
}
