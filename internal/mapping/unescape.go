package mapping

import (
	"unicode/utf16"
	"unicode/utf8"
)

// flaws are what was found in a text while its escapes were undone.
type flaws uint8

const (
	broken flaws = 1 << iota // invalid UTF-8 or half of a surrogate pair; each became U+FFFD
	nul                      // U+0000; it is still there
)

// appendPlain appends the text that the inside of a JSON string stands for. The result is always valid UTF-8, with one
// U+FFFD for each byte or half of a surrogate pair that is not.
func appendPlain(dst, inside []byte) ([]byte, flaws) {
	var found flaws
	for i := 0; i < len(inside); {
		run := i
		for i < len(inside) && inside[i] != '\\' && inside[i] < utf8.RuneSelf && inside[i] != 0 {
			i++
		}
		if dst = append(dst, inside[run:i]...); i == len(inside) {
			break
		}
		var r rune
		var size int
		if inside[i] == '\\' {
			if r, size = unescape(inside[i:]); r == utf8.RuneError && !spellsReplacement(inside[i:]) {
				found |= broken
			}
		} else if r, size = utf8.DecodeRune(inside[i:]); r == utf8.RuneError && size == 1 {
			found |= broken
		}
		if r == 0 {
			found |= nul
		}
		dst = utf8.AppendRune(dst, r)
		i += size
	}
	return dst, found
}

// unescape decodes the escape at the start of s and returns its length in s. Half of a surrogate pair is U+FFFD.
func unescape(s []byte) (rune, int) {
	if len(s) < 2 {
		return utf8.RuneError, len(s)
	}
	switch s[1] {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		high := hex4(s[2:])
		if !utf16.IsSurrogate(high) {
			return high, 6
		}
		if len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
			if r := utf16.DecodeRune(high, hex4(s[8:])); r != utf8.RuneError {
				return r, 12
			}
		}
		return utf8.RuneError, 6
	}
	return rune(s[1]), 2
}

// spellsReplacement tells an escaped U+FFFD, which is a character like any other, from half of a surrogate pair.
func spellsReplacement(escape []byte) bool {
	return len(escape) > 2 && escape[1] == 'u' && hex4(escape[2:]) == utf8.RuneError
}

// hex4 reads four hex digits.
func hex4(s []byte) rune {
	if len(s) < 4 {
		return utf8.RuneError
	}
	var r rune
	for _, c := range s[:4] {
		switch {
		case c <= '9':
			c -= '0'
		case c >= 'a':
			c -= 'a' - 10
		default:
			c -= 'A' - 10
		}
		r = r<<4 | rune(c)
	}
	return r
}

// withoutNUL removes U+0000 in place.
func withoutNUL(text []byte) []byte {
	kept := text[:0]
	for _, c := range text {
		if c != 0 {
			kept = append(kept, c)
		}
	}
	return kept
}
