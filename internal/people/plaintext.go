package people

import (
	"bytes"
	"unicode/utf8"

	"ph2cio/internal/rawjson"
)

// plainText returns the text of a JSON string; false for any other valid value. It is a part of quoted where that needs no
// decoding.
func plainText(quoted []byte) (text []byte, ok bool) {
	if len(quoted) < 2 || quoted[0] != '"' || quoted[len(quoted)-1] != '"' {
		return nil, false
	}
	text = quoted[1 : len(quoted)-1]
	if bytes.IndexByte(text, '\\') >= 0 || !utf8.Valid(text) {
		text, _ = rawjson.AppendUnescaped(nil, text)
	}
	return text, true
}
