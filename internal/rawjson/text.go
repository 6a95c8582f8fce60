package rawjson

import (
	"bytes"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// AppendUnescaped appends the inside of a valid JSON string as plain text. Like encoding/json it puts U+FFFD in place
// of each byte that is not UTF-8 and of each surrogate that stands alone.
func AppendUnescaped(dst, s []byte) []byte {
	for {
		run := bytes.IndexByte(s, '\\')
		if run < 0 {
			return AppendUTF8(dst, s)
		}
		dst = AppendUTF8(dst, s[:run])
		switch c := s[run+1]; c {
		case 'u':
			r, used := unescapeRune(s[run:])
			dst = utf8.AppendRune(dst, r)
			s = s[run+used:]
			continue
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		default:
			dst = append(dst, c)
		}
		s = s[run+2:]
	}
}

// LoneSurrogate reports whether there is an escape in a valid JSON value that is half of a surrogate pair.
func LoneSurrogate(s []byte) bool {
	for {
		run := bytes.IndexByte(s, '\\')
		if run < 0 {
			return false
		}
		used := len(`\n`)
		if s = s[run:]; s[1] == 'u' {
			if _, used = unescapeRune(s); used == len(`\u0000`) && utf16.IsSurrogate(hexRune(s[2:])) {
				return true
			}
		}
		s = s[used:]
	}
}

// unescapeRune reads one \uXXXX, or the two that make a surrogate pair.
func unescapeRune(s []byte) (r rune, used int) {
	r = hexRune(s[2:])
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
		if pair := utf16.DecodeRune(r, hexRune(s[8:])); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return utf8.RuneError, 6
}

func hexRune(s []byte) (r rune) {
	for _, c := range s[:4] {
		r = r<<4 | rune(hexValue[c])
	}
	return r
}

// AppendUTF8 appends s with U+FFFD in place of each byte that is not UTF-8.
func AppendUTF8(dst, s []byte) []byte {
	for !utf8.Valid(s) {
		run := 0
		for {
			r, size := utf8.DecodeRune(s[run:])
			if r == utf8.RuneError && size == 1 {
				break
			}
			run += size
		}
		dst = append(dst, s[:run]...)
		dst = utf8.AppendRune(dst, utf8.RuneError)
		s = s[run+1:]
	}
	return append(dst, s...)
}

// Blank reports whether there is nothing in text but white space, among which JavaScript, and so this, counts U+FEFF.
func Blank(text []byte) bool {
	if len(text) > 0 && text[0] > ' ' && text[0] < utf8.RuneSelf {
		return false
	}
	return len(bytes.TrimFunc(text, white)) == 0
}

func white(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' }
