package rawjson

import (
	"bytes"
	"unicode/utf8"
)

// PlainText returns the text of a JSON string; false for any other valid value. It is a part of quoted where
// that needs no decoding.
func PlainText(quoted []byte) (text []byte, ok bool) {
	if len(quoted) < 2 || quoted[0] != '"' || quoted[len(quoted)-1] != '"' {
		return nil, false
	}
	text = quoted[1 : len(quoted)-1]
	if bytes.IndexByte(text, '\\') >= 0 || !utf8.Valid(text) {
		text, _ = AppendUnescaped(nil, text)
	}
	return text, true
}
