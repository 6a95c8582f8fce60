package mapping

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"ph2cio/internal/posthog"
)

// Everything here walks JSON that is known to be valid, and does not check it again.

// appendMembers appends the spans of an object's top-level members.
func appendMembers(dst []posthog.Member, object []byte) []posthog.Member {
	i := skipSpace(object, 1)
	for i < len(object) && object[i] == '"' {
		var m posthog.Member
		end := skipString(object, i)
		m.KeyStart, m.KeyEnd = uint32(i+1), uint32(end-1)
		m.Escaped = bytes.IndexByte(object[i:end], '\\') >= 0
		i = skipSpace(object, skipSpace(object, end)+1)
		m.ValueStart = uint32(i)
		i = skipValue(object, i)
		m.ValueEnd = uint32(i)
		dst = append(dst, m)
		if i = skipSpace(object, i); i < len(object) && object[i] == ',' {
			i = skipSpace(object, i+1)
		}
	}
	return dst
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// skipString returns the index after the string that starts at i.
func skipString(b []byte, i int) int {
	for i++; ; i++ {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return len(b)
		}
		i += n
		slashes := 0
		for b[i-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i + 1
		}
	}
}

// skipValue returns the index after the value that starts at i.
func skipValue(b []byte, i int) int {
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		return skipContainer(b, i)
	}
	for i < len(b) && !endsScalar(b[i]) {
		i++
	}
	return i
}

func endsScalar(c byte) bool { return c == ',' || c == '}' || c == ']' || c <= ' ' }

func skipContainer(b []byte, i int) int {
	for depth := 0; i < len(b); {
		switch b[i] {
		case '"':
			i = skipString(b, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if i++; depth == 0 {
			return i
		}
	}
	return len(b)
}

// isNull tells a JSON null from the other values.
func isNull(value []byte) bool { return len(value) > 0 && value[0] == 'n' }

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
		c := inside[i]
		switch {
		case c == '\\':
			r, size := unescape(inside[i:])
			switch {
			case r == 0:
				found |= nul
			case r == utf8.RuneError && size == len(`\u0000`) && !spellsReplacement(inside[i:]):
				found |= broken
			}
			dst = utf8.AppendRune(dst, r)
			i += size
		case c < utf8.RuneSelf:
			if c == 0 {
				found |= nul
			}
			dst = append(dst, c)
			i++
		default:
			r, size := utf8.DecodeRune(inside[i:])
			if r == utf8.RuneError && size == 1 {
				found |= broken
			}
			dst = utf8.AppendRune(dst, r)
			i += size
		}
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
func spellsReplacement(escape []byte) bool { return hex4(escape[2:]) == utf8.RuneError }

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
