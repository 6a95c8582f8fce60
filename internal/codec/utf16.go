package codec

import (
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// Excel saves "Unicode Text", and PowerShell what is sent to a file, as UTF-16.

// utf16Order returns the order of bytes of text in UTF-16, by its mark or, without one, by the zeros of ASCII text: all of
// the first characters must be such. It returns nil for other text.
func utf16Order(head []byte) binary.ByteOrder {
	const least, most = 8, 64 // bytes that are looked at
	switch {
	case len(head) < 2:
		return nil
	case head[0] == 0xff && head[1] == 0xfe && (len(head) < 4 || head[2] != 0 || head[3] != 0): // not UTF-32
		return binary.LittleEndian
	case head[0] == 0xfe && head[1] == 0xff:
		return binary.BigEndian
	case len(head) < least:
		return nil
	}
	head = head[:min(len(head), most)&^1]
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if asciiIn(order, head) {
			return order
		}
	}
	return nil
}

// IsUTF16 reports whether text that begins with head is in UTF-16.
func IsUTF16(head []byte) bool { return utf16Order(head) != nil }

func asciiIn(order binary.ByteOrder, head []byte) bool {
	for i := 0; i < len(head); i += 2 {
		if c := order.Uint16(head[i:]); c >= 0x7f || c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}

// utf16Reader gives text in UTF-16 as UTF-8. Half of a surrogate pair and the odd byte at an end become U+FFFD.
type utf16Reader struct {
	textReader
	order binary.ByteOrder
	raw   []byte // read, and not yet written out
	err   error  // that came with it
	read  int64  // bytes of UTF-16
	text  []byte // written out, and not yet handed on
	wrote int64  // bytes of UTF-8
	sound []span16
}

// span16 says where text stands in both forms.
type span16 struct{ raw, text int64 }

// newUTF16Reader goes on from what has been read of a text.
func newUTF16Reader(text textReader, order binary.ByteOrder, read []byte, err error) *utf16Reader {
	return &utf16Reader{textReader: text, order: order, raw: append([]byte(nil), read...), err: err, read: int64(len(read))}
}

func (s *utf16Reader) Read(p []byte) (int, error) {
	for len(s.text) == 0 {
		if s.write(); len(s.text) > 0 {
			break
		}
		if err := s.err; err != nil {
			if _, goesOn := err.(*Gap); goesOn {
				s.raw, s.err = s.raw[:0], nil
			}
			return 0, err
		}
		const most = 64 << 10
		kept := len(s.raw)
		if cap(s.raw) < most {
			s.raw = append(make([]byte, 0, most), s.raw...)
		}
		var n int
		n, s.err = s.textReader.Read(s.raw[kept:most])
		s.raw = s.raw[:kept+n]
		s.read += int64(n)
	}
	n := copy(p, s.text)
	s.text = s.text[n:]
	return n, nil
}

// write writes out what has been read, up to a character that may go on.
func (s *utf16Reader) write() {
	i, text := 0, s.text[:0]
	for ; i+2 <= len(s.raw); i += 2 {
		r := rune(s.order.Uint16(s.raw[i:]))
		if r < utf8.RuneSelf {
			text = append(text, byte(r))
			continue
		}
		if utf16.IsSurrogate(r) {
			if i+4 > len(s.raw) && s.err == nil {
				break
			}
			next := rune(utf8.RuneError)
			if i+4 <= len(s.raw) {
				next = rune(s.order.Uint16(s.raw[i+2:]))
			}
			if r = utf16.DecodeRune(r, next); r != utf8.RuneError {
				i += 2
			}
		}
		text = utf8.AppendRune(text, r)
	}
	if i+1 == len(s.raw) && s.err == io.EOF {
		text, i = utf8.AppendRune(text, utf8.RuneError), i+1
	}
	s.raw = append(s.raw[:0], s.raw[i:]...)
	s.text, s.wrote = text, s.wrote+int64(len(text))
	s.sound = append(s.sound, span16{s.read - int64(len(s.raw)), s.wrote})
}

// verified is how much of the text is made of bytes that are known to be right.
func (s *utf16Reader) verified() int64 {
	right := s.textReader.verified()
	var text int64
	for len(s.sound) > 0 && s.sound[0].raw <= right {
		text = s.sound[0].text
		if len(s.sound) == 1 || s.sound[1].raw > right {
			break
		}
		s.sound = s.sound[1:]
	}
	return text
}
