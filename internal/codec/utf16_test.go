package codec

import (
	"encoding/binary"
	"io"
	"math"
	"testing"
	"unicode/utf16"
)

// TestUTF16IsDistinguishedFromOtherText checks that text in other encodings is not taken for UTF-16.
func TestUTF16IsDistinguishedFromOtherText(t *testing.T) {
	for text, want := range map[string]bool{
		"e\x00v\x00e\x00n\x00": true, "\x00e\x00v\x00e\x00n": true, "\xff\xfee\x00": true, "\xfe\xff\x00e": true,
		"event,distinct_id\n": false, "": false, "\xff": false, "\xff\xfe\x00\x00e\x00\x00\x00": false, "PAR1\x15\x04\x15": false,
		"\x00\x00\x00\x00\x00\x00\x00\x00": false, "e\x00v\x00e\x00\x01\x00": false,
	} {
		if got := utf16Order([]byte(text)) != nil; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// FuzzUTF16 compares text in UTF-16, read in pieces of any size, with the result of utf16.Decode.
func FuzzUTF16(f *testing.F) {
	f.Add([]byte("e\x00v\x00\x3d\xd8\x00\xdea\x00"), uint8(3), false)
	f.Add([]byte("\xd8\x3d\xd8\x3d\xde\x00\x00"), uint8(1), true)
	f.Fuzz(func(t *testing.T, data []byte, piece uint8, big bool) {
		var order binary.ByteOrder = binary.LittleEndian
		if big {
			order = binary.BigEndian
		}
		var units []uint16
		for i := 0; i+2 <= len(data); i += 2 {
			units = append(units, order.Uint16(data[i:]))
		}
		want := string(utf16.Decode(units))
		if len(data)%2 != 0 {
			want += "\ufffd"
		}
		first := min(len(data), int(piece))
		s := newUTF16Reader(&slowStream{data: data[first:], piece: 1 + int(piece)}, order, data[:first], nil)
		var got []byte
		p := make([]byte, 1+int(piece)/2)
		for {
			n, err := s.Read(p)
			got = append(got, p[:n]...)
			if v := s.verified(); v < int64(len(got)) {
				t.Fatalf("%d bytes are given, %d verified", len(got), v)
			}
			if err != nil {
				break
			}
		}
		if string(got) != want {
			t.Fatalf("%q: got %q, want %q", data, got, want)
		}
	})
}

// slowStream gives a few bytes at a time.
type slowStream struct {
	data  []byte
	piece int
}

func (s *slowStream) Read(p []byte) (int, error) {
	if len(s.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), s.piece)], s.data)
	s.data = s.data[n:]
	return n, nil
}

func (s *slowStream) used() int64     { return 0 }
func (s *slowStream) verified() int64 { return math.MaxInt64 }
func (s *slowStream) close()          {}
