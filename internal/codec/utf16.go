package codec

import (
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16Reader converts text in UTF-16 to UTF-8. Half of a surrogate pair and an odd byte at the end become
// U+FFFD. Excel saves "Unicode Text" as UTF-16, and PowerShell writes redirected output so.
type utf16Reader struct {
	textReader
	order binary.ByteOrder
	raw   []byte   // read, and not converted yet
	err   error    // that came with raw
	read  int64    // bytes of UTF-16 that were read
	text  []byte   // converted, and not given by Read yet
	wrote int64    // bytes of UTF-8 that were converted
	sound []span16 // ends of what each conversion came to, for verified
}

// span16 is one place of the text, as an offset in UTF-16 and one in UTF-8.
type span16 struct{ raw, text int64 }

// newUTF16Reader converts text, of which the bytes in read have been read, with err. It copies read.
func newUTF16Reader(text textReader, order binary.ByteOrder, read []byte, err error) *utf16Reader {
	raw := append([]byte(nil), read...)
	return &utf16Reader{textReader: text, order: order, raw: raw, err: err, read: int64(len(read))}
}

func (s *utf16Reader) Read(p []byte) (int, error) {
	for len(s.text) == 0 {
		if s.convert(); len(s.text) > 0 {
			break
		}
		if err := s.err; err != nil {
			if _, isGap := err.(*Gap); isGap {
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

// convert converts what has been read, up to a character that is not complete.
func (s *utf16Reader) convert() {
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

// verified returns how many bytes of UTF-8 come from bytes of UTF-16 that are verified.
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
