package rawjson

import (
	"math/bits"
	"unicode/utf8"
)

// AppendString appends s as a JSON string, with an escape only where there must be one: \" and \\, \b \f \n
// \r \t, and \u00xx with lower-case digits for the other characters below U+0020. Each byte that is not UTF-8
// becomes U+FFFD.
//
// This form must never change: IDs of events are hashes of it, and another form would give a second ID to
// events that were sent before. TestTheFormOfStringsIsFrozen checks it.
func AppendString[S ~string | ~[]byte](dst []byte, s S) []byte {
	dst = append(dst, '"')
	start, at := 0, 0
	for {
		at += plain(s[at:])
		if at == len(s) {
			break
		}
		if c := s[at]; c < utf8.RuneSelf {
			dst = append(dst, s[start:at]...)
			dst = appendEscape(dst, c)
			at++
			start = at
			continue
		}
		for at < len(s) && s[at] >= utf8.RuneSelf {
			valid, size := character(s[at:])
			if !valid {
				dst = append(dst, s[start:at]...)
				dst = append(dst, "\uFFFD"...)
				start = at + size
			}
			at += size
		}
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// character reports whether s, whose first byte is not ASCII, starts with a valid character, and its size in
// bytes; an invalid one has size 1.
func character[S ~string | ~[]byte](s S) (valid bool, size int) {
	if s[0] >= 0xC2 && s[0] < 0xE0 && len(s) > 1 && s[1]&0xC0 == 0x80 {
		return true, 2
	}
	// The conversion does not allocate: it is short and does not escape.
	r, size := utf8.DecodeRuneInString(string(s[:min(utf8.UTFMax, len(s))]))
	return r != utf8.RuneError || size > 1, size
}

// plain returns how many bytes at the start of s can be copied unchanged: ASCII except quotes, backslashes
// and control characters. It checks eight bytes at a time.
func plain[S ~string | ~[]byte](s S) int {
	at := 0
	for ; at+8 <= len(s); at += 8 {
		word := uint64(s[at]) | uint64(s[at+1])<<8 | uint64(s[at+2])<<16 | uint64(s[at+3])<<24 |
			uint64(s[at+4])<<32 | uint64(s[at+5])<<40 | uint64(s[at+6])<<48 | uint64(s[at+7])<<56
		if marks := special(word); marks != 0 {
			return at + bits.TrailingZeros64(marks)>>3
		}
	}
	for at < len(s) && s[at] >= ' ' && s[at] < utf8.RuneSelf && s[at] != '"' && s[at] != '\\' {
		at++
	}
	return at
}

// special sets the top bit of the first byte of word that cannot be copied unchanged. Bits above it may be
// set wrongly, because the subtractions borrow; bits below it never are.
func special(word uint64) uint64 {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	quote, backslash := word^('"'*ones), word^('\\'*ones)
	control := (word - ' '*ones) &^ word
	return (word | control | (quote-ones)&^quote | (backslash-ones)&^backslash) & tops
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

const hexDigits = "0123456789abcdef"

// AppendRawString appends text as a JSON string. Bytes that are not UTF-8 are kept as they are.
func AppendRawString(dst, text []byte) []byte {
	dst = append(dst, '"')
	for {
		run := plainRun(text)
		dst = append(dst, text[:run]...)
		if run == len(text) {
			return append(dst, '"')
		}
		switch c := text[run]; c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		text = text[run+1:]
	}
}

// plainRun returns how many bytes at the beginning of text need no escape.
func plainRun(text []byte) (n int) {
	for ; len(text)-n >= 8; n += 8 {
		if special := specialsOf(load8(text, n)); special != 0 {
			return n + bits.TrailingZeros64(special)
		}
	}
	for n < len(text) && text[n] >= ' ' && text[n] != '"' && text[n] != '\\' {
		n++
	}
	return n
}
