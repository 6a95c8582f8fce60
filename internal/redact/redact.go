// Package redact hides secrets: the values of names such as token or password, in URLs above all, wherever these stand in
// a text, and however they are encoded.
package redact

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Maybe reports whether Append may find anything. It is a quick no for texts that are no URL with a parameter, nor with a
// password, nor percent-encoded.
func Maybe(text []byte) bool {
	return bytes.IndexByte(text, '=') >= 0 && (QueryStart(text) >= 0 || maybePathParameter(text)) || maybeUserinfo(text) || hasEncoded(text)
}

// QueryStart returns where the query or else the fragment of a URL starts, -1 when it has neither.
func QueryStart(url []byte) int {
	query, fragment := bytes.IndexByte(url, '?'), bytes.IndexByte(url, '#')
	if query < 0 || fragment >= 0 && fragment < query {
		return fragment
	}
	return query
}

// Append appends a text with the values of secret parameters in URLs redacted. found reports whether
// there was one; if not, what was appended means nothing. A parameter is whatever stands right after a ?, #,
// & or ;, once there was a ? or #, so that paths, hosts without a scheme and URLs with white space count;
// before that, what stands after a ; in a path. A value that holds another URL with a secret,
// percent-encoded, is redacted whole. So is a parameter that is encoded together with its name, a word before
// any parameter that holds such a URL, and what stands before the @ of a URL's host.
func (s *Secrets) Append(dst, text []byte) (out []byte, found bool) {
	text, encoded := s.withoutEncoded(text)
	if out, found = s.redact(dst, text, 0); encoded && !found {
		return append(dst, text...), true
	}
	return out, found
}

// maxEncodings is how deep URLs are looked for inside the parameters of URLs. What is encoded more often is redacted, since
// nobody can say what it is.
const maxEncodings = 4

func (s *Secrets) redact(dst, text []byte, depth int) ([]byte, bool) {
	text, hid := withoutUserinfo(text)
	text, hidInPath := s.withoutPathParameters(text)
	out, found := s.redactParameters(dst, text, depth)
	if hid = hid || hidInPath; hid && !found {
		out = append(dst, text...)
	}
	return out, hid || found
}

// withoutEncoded returns a text in which the words that are percent-encoded URLs with a secret are redacted,
// up to their first parameter. Unless a URL stands among other words, that is the first one of the whole
// text. found reports whether there were any; if not, the text itself comes back.
func (s *Secrets) withoutEncoded(text []byte) (out []byte, found bool) {
	i, end, copied := nextEncoded(text, 0), len(text), 0
	if query := QueryStart(text); query >= 0 && i >= 0 && !isProse(text) {
		end = query
	}
	for i >= 0 && i < end {
		start, word := wordStart(text, copied, i), wordEnd(text, i, end)
		path := word
		if query := QueryStart(text[start:word]); query >= 0 {
			path = start + query
		}
		if s.within("", text[start:path], 0) {
			out = append(append(out, text[copied:start]...), Text...)
			copied = path
		}
		i = nextEncoded(text[:end], word)
	}
	if copied == 0 {
		return text, false
	}
	return append(out, text[copied:]...), true
}

// isProse reports whether a URL comes after other words, so that white space ends its parameters and the words after it
// can stay. In any other text white space may be part of a secret: https://a.example/my page?password=two words.
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

// secretEnd is further on than parameterEnd where a secret has a ? or a ; of its own.
func secretEnd(text []byte, i int) int {
	for i < len(text) && text[i] != '&' && text[i] != '#' {
		i++
	}
	return i
}

// wordStart returns where the word starts that has text[i] in it, from when that is further on.
func wordStart(text []byte, from, i int) int {
	blank := bytes.LastIndexFunc(text[from:i], unicode.IsSpace)
	if blank < 0 {
		return from
	}
	_, size := utf8.DecodeRune(text[from+blank : i])
	return from + blank + size
}

// wordEnd returns where the first white space from start is, end when there is none before.
func wordEnd(text []byte, start, end int) int {
	if n := bytes.IndexFunc(text[start:end], unicode.IsSpace); n >= 0 {
		return start + n
	}
	return end
}

func hidable(value []byte) bool { return len(value) > 0 && string(value) != Text }

// within reports whether part of a text is a URL with a secret, percent-encoded once or more, or encoded so
// often that this cannot be seen. It is looked at as what comes after before.
func (s *Secrets) within(before string, part []byte, depth int) bool {
	if !hasEncoded(part) {
		return false
	}
	var room [512]byte
	plain := append(append(room[:0], before...), part...)
	for ; depth < maxEncodings && hasEncoded(plain); depth++ {
		plain = appendUnescaped(plain[:0], plain)
		if !Maybe(plain) {
			continue
		}
		if _, found := s.redact(nil, plain, depth+1); found {
			return true
		}
	}
	return hasEncoded(plain)
}

// hasEncoded reports whether there is anything percent-encoded in a text.
func hasEncoded(text []byte) bool { return nextEncoded(text, 0) >= 0 }

// nextEncoded returns where the next thing that is percent-encoded starts, -1 when there is no other.
func nextEncoded(text []byte, from int) int {
	for i := from; i < len(text); i++ {
		n := bytes.IndexByte(text[i:], '%')
		if n < 0 {
			break
		}
		if i += n; i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]) {
			return i
		}
	}
	return -1
}

// appendUnescaped appends a text without percent-encoding. A % that starts none stays, as in browsers: net/url would
// give up on all of the text. dst may be the start of text itself.
func appendUnescaped(dst, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '+':
			c = ' '
		case c == '%' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]):
			c = unhex(text[i+1])<<4 | unhex(text[i+2])
			i += 2
		}
		dst = append(dst, c)
	}
	return dst
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

// unhex returns what a hex digit stands for.
func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
