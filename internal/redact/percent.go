package redact

import "bytes"

// hasEncoded reports whether a text contains anything percent-encoded.
func hasEncoded(text []byte) bool { return nextEncoded(text, 0) >= 0 }

// nextEncoded returns the start of the next percent-encoded byte, -1 if there is none.
func nextEncoded(text []byte, from int) int {
	for i := from; i < len(text); i++ {
		n := bytes.IndexByte(text[i:], '%')
		if n < 0 {
			break
		}
		if i += n; i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]) {
			return i
		}
	}
	return -1
}

// AppendUnescaped appends a part of a query of a URL as plain text: + is a space, %41 is A. A % without two
// hex digits stays, as in browsers; net/url would refuse the whole text. dst may share the memory of text.
func AppendUnescaped(dst, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '+':
			c = ' '
		case c == '%' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]):
			c = unhex(text[i+1])<<4 | unhex(text[i+2])
			i += 2
		}
		dst = append(dst, c)
	}
	return dst
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

// unhex returns what a hex digit stands for.
func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
