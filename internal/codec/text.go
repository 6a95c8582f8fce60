package codec

import "unicode/utf8"

// IsText reports whether a file that begins with head is text: UTF-8 without control characters, as far as one can see.
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
