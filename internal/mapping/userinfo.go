package mapping

import (
	"bytes"
	"strings"
	"unicode"
)

var schemeEnd = []byte("://")

// maybeUserinfo is a quick no for texts without a URL that has a name or a password before its host.
func maybeUserinfo(text []byte) bool {
	return bytes.IndexByte(text, '@') >= 0 && (bytes.Contains(text, schemeEnd) || bytes.HasPrefix(bytes.TrimSpace(text), schemeEnd[1:]))
}

// withoutUserinfo returns a text in which whatever stands before the host of a URL is redacted, name and password alike,
// since some put a token in place of a name: https://redacted@a.example/. found reports whether there was any; if not,
// the text itself comes back.
func withoutUserinfo(text []byte) (out []byte, found bool) {
	if !maybeUserinfo(text) {
		return text, false
	}
	query := queryStart(text)
	copied := 0
	for i := authorityStart(text, 0); i >= 0; i = authorityStart(text, i) {
		end := i + authorityEnd(text[i:], query >= 0 && i > query)
		at := bytes.LastIndexByte(text[i:end], '@')
		if at > 0 && string(text[i:i+at]) != redactedText {
			out = append(append(out, text[copied:i]...), redactedText...)
			copied = i + at
		}
	}
	if copied == 0 {
		return text, false
	}
	return append(out, text[copied:]...), true
}

// authorityStart returns where the next name of a host, with what is before it, starts, -1 when there is no other.
func authorityStart(text []byte, from int) int {
	if from == 0 {
		if blank := len(text) - len(bytes.TrimLeftFunc(text, unicode.IsSpace)); bytes.HasPrefix(text[blank:], schemeEnd[1:]) {
			return blank + len(schemeEnd[1:])
		}
	}
	if n := bytes.Index(text[from:], schemeEnd); n >= 0 {
		return from + n + len(schemeEnd)
	}
	return -1
}

// authorityEnd returns where a host ends: before a path, a query, a fragment or white space, and in a query of another
// URL before its next parameter.
func authorityEnd(text []byte, inQuery bool) int {
	end := bytes.IndexFunc(text, func(r rune) bool {
		return strings.ContainsRune(`/?#\`, r) || unicode.IsSpace(r) || inQuery && (r == '&' || r == ';')
	})
	if end < 0 {
		return len(text)
	}
	return end
}
