// Package escape makes text from outside safe to show.
package escape

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text replaces control characters, text-direction overrides and other characters that do not print by
// \uXXXX, and bytes that are not UTF-8 too, so that an event's name cannot control the terminal (CWE-150).
// Newlines stay. JSON keeps its values, since these are escapes of JSON.
func Text(text string) string {
	if !needed(text) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			write(&b, rune(text[i]))
		case Shows(r):
			b.WriteRune(r)
		default:
			write(&b, r)
		}
	}
	return b.String()
}

// Quoted shows text on one line between quotes: at most its first 60 bytes, with what does not print escaped.
func Quoted(text string) string {
	const most = 60
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return strconv.Quote(text)
}

func needed(text string) bool {
	if !utf8.ValidString(text) {
		return true
	}
	return strings.ContainsFunc(text, func(r rune) bool { return !Shows(r) })
}

// Shows reports whether Text keeps a character.
func Shows(r rune) bool { return r == '\n' || unicode.IsPrint(r) }

// write writes r as an escape of JSON.
func write(b *strings.Builder, r rune) {
	const hex = "0123456789abcdef"
	if r > 0xFFFF {
		r -= 0x10000
		write(b, 0xD800+r>>10)
		r = 0xDC00 + r&0x3FF
	}
	b.WriteString(`\u`)
	for shift := 12; shift >= 0; shift -= 4 {
		b.WriteByte(hex[r>>shift&0xF])
	}
}
