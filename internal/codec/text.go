package codec

import (
	"encoding/binary"
	"unicode/utf8"
)

// IsText reports whether head, the beginning of a file, is UTF-8 without control characters. A character may
// be cut off at its end.
func IsText(head []byte) bool {
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

// utf16Order returns the byte order of text in UTF-16, nil for other text. It goes by the byte order mark or,
// without one, by the zeros of ASCII text: all of the first characters must be ASCII.
func utf16Order(head []byte) binary.ByteOrder {
	const least, most = 8, 64 // bytes to look at
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

// IsUTF16 reports whether text that begins with head is UTF-16, by its byte order mark or by ASCII characters
// only.
func IsUTF16(head []byte) bool { return utf16Order(head) != nil }

func asciiIn(order binary.ByteOrder, head []byte) bool {
	for i := 0; i < len(head); i += 2 {
		if c := order.Uint16(head[i:]); c >= 0x7f || c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}
