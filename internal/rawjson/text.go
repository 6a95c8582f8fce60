package rawjson

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Blank reports whether text has only white space, which includes U+FEFF as in JavaScript.
func Blank(text []byte) bool {
	if len(text) > 0 && text[0] > ' ' && text[0] < utf8.RuneSelf {
		return false
	}
	return len(bytes.TrimFunc(text, white)) == 0
}

func white(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }
