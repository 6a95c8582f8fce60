package rawjson

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// Flaws are the flaws found while a text was unescaped; 0 is none.
type Flaws uint8

const (
	Broken Flaws = 1 << iota // bytes that are not UTF-8, or half of a surrogate pair; each became U+FFFD
	NUL                      // U+0000; it is still there
)

// AppendUnescaped appends the unescaped text of the inside of a valid JSON string. The text is valid UTF-8:
// like encoding/json this replaces each other byte, and each half of a surrogate pair, by U+FFFD.
func AppendUnescaped(dst, inside []byte) ([]byte, Flaws) {
	var found Flaws
	for {
		run := bytes.IndexByte(inside, '\\')
		if run < 0 {
			return appendMended(dst, inside, found)
		}
		if run > 0 {
			dst, found = appendMended(dst, inside[:run], found)
		}
		if inside[run+1] != 'u' {
			dst = append(dst, unescaped[inside[run+1]])
			inside = inside[run+len(`\n`):]
			continue
		}
		r, size := unescapeRune(inside[run:])
		switch {
		case r == 0:
			found |= NUL
		case utf16.IsSurrogate(r):
			found |= Broken
		}
		dst = utf8.AppendRune(dst, r) // U+FFFD for a surrogate
		inside = inside[run+size:]
	}
}

// unescaped has the meaning of each byte after a backslash.
var unescaped = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
	}
	t['b'], t['f'], t['n'], t['r'], t['t'] = '\b', '\f', '\n', '\r', '\t'
	return t
}()

// unescapeRune reads an escape of the form \u0041, or the two that make a surrogate pair. Half of a pair is
// itself.
func unescapeRune(s []byte) (r rune, size int) {
	const one = len(`\u0041`)
	r = hexRune(s[2:])
	if utf16.IsSurrogate(r) && len(s) >= 2*one && s[one] == '\\' && s[one+1] == 'u' {
		if pair := utf16.DecodeRune(r, hexRune(s[one+2:])); pair != utf8.RuneError {
			return pair, 2 * one
		}
	}
	return r, one
}

// hexRune reads four hex digits.
func hexRune(s []byte) (r rune) {
	for _, c := range s[:4] {
		r = r<<4 | rune(hexValue[c])
	}
	return r
}

// UnescapedLen returns how many bytes AppendUnescaped would append for a text in valid UTF-8.
func UnescapedLen(inside []byte) int {
	length := 0
	for {
		run := bytes.IndexByte(inside, '\\')
		if run < 0 {
			return length + len(inside)
		}
		length += run
		if inside[run+1] != 'u' {
			length++
			inside = inside[run+len(`\n`):]
			continue
		}
		r, size := unescapeRune(inside[run:])
		if utf16.IsSurrogate(r) {
			r = utf8.RuneError
		}
		length += utf8.RuneLen(r)
		inside = inside[run+size:]
	}
}

// AppendUTF8 appends text with U+FFFD in place of each byte that is not UTF-8.
func AppendUTF8(dst, text []byte) []byte {
	dst, _ = appendMended(dst, text, 0)
	return dst
}

// appendMended does the work of AppendUTF8, and adds Broken to found if it replaces bytes.
func appendMended(dst, text []byte, found Flaws) ([]byte, Flaws) {
	for !utf8.Valid(text) {
		run := 0
		for {
			r, size := utf8.DecodeRune(text[run:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			run += size
		}
		dst = append(dst, text[:run]...)
		dst = utf8.AppendRune(dst, utf8.RuneError)
		text = text[run+1:]
		found |= Broken
	}
	return append(dst, text...), found
}
