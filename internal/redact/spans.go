package redact

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// QueryStart returns the start of the query, or else of the fragment of a URL, -1 if it has neither.
func QueryStart(url []byte) int {
	query, fragment := bytes.IndexByte(url, '?'), bytes.IndexByte(url, '#')
	if query < 0 || fragment >= 0 && fragment < query {
		return fragment
	}
	return query
}

// isProse reports whether a URL comes after other words, so that white space ends its parameters and the
// words after it can stay. In any other text white space may be part of a secret: https://a.example/my
// page?password=two words.
func isProse(text []byte) bool {
	before, _, ok := bytes.Cut(text, []byte("://"))
	if !ok || bytes.IndexByte(before, '=') >= 0 {
		return false
	}
	return bytes.IndexFunc(bytes.TrimSpace(before), unicode.IsSpace) >= 0
}

func parameterEnd(text []byte, i int) int {
	for i < len(text) && text[i] != '&' && text[i] != ';' && text[i] != '?' && text[i] != '#' {
		i++
	}
	return i
}

// secretEnd returns the end of a secret. Unlike for parameterEnd, a ? or a ; belongs to the secret.
func secretEnd(text []byte, i int) int {
	for i < len(text) && text[i] != '&' && text[i] != '#' {
		i++
	}
	return i
}

// wordStart returns the start of the word that contains text[i], at least from.
func wordStart(text []byte, from, i int) int {
	blank := bytes.LastIndexFunc(text[from:i], unicode.IsSpace)
	if blank < 0 {
		return from
	}
	_, size := utf8.DecodeRune(text[from+blank : i])
	return from + blank + size
}

// wordEnd returns the index of the first white space from start on, at most end.
func wordEnd(text []byte, start, end int) int {
	if n := bytes.IndexFunc(text[start:end], unicode.IsSpace); n >= 0 {
		return start + n
	}
	return end
}

// componentEnd returns where a query or a fragment ends.
func componentEnd(text []byte, prose bool) int {
	end := bytes.IndexFunc(text, func(r rune) bool { return r == '?' || r == '#' || prose && unicode.IsSpace(r) })
	if end < 0 {
		return len(text)
	}
	return end
}
