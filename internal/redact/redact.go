// Package redact redacts secrets: the values of names such as token or password, especially in URLs, anywhere
// in a text and in any encoding.
package redact

import "bytes"

// Maybe reports whether Append may find anything. It quickly excludes texts without a parameter, a password
// or percent-encoding.
func Maybe(text []byte) bool {
	return bytes.IndexByte(text, '=') >= 0 && (QueryStart(text) >= 0 || maybePathParameter(text)) ||
		maybeUserinfo(text) || hasEncoded(text)
}

// Append appends a text with the values of secret parameters in URLs redacted. found reports whether there
// was any; if not, the appended text must not be used. A parameter begins after a ?, #, & or ;, once there
// was a ? or #. So paths, hosts without a scheme and URLs with white space count. Before that, a parameter
// begins after a ; in a path. These are redacted completely: a value that contains another percent-encoded
// URL with a secret; a parameter that is encoded together with its name; a word before any parameter that
// contains such a URL; and the text before the @ of a URL's host.
func (s *Secrets) Append(dst, text []byte) (out []byte, found bool) {
	text, encoded := s.withoutEncoded(text)
	if out, found = s.redact(dst, text, 0); encoded && !found {
		return append(dst, text...), true
	}
	return out, found
}

// maxEncodings is how deep URLs within parameters of URLs are searched. A value that is encoded more often is
// redacted, since its content is unknown.
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
// up to their first parameter. Unless a URL stands among other words, that is the first parameter of the
// whole text. found reports whether there were any; if not, text is returned.
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
			out = append(append(out, text[copied:start]...), Replacement...)
			copied = path
		}
		i = nextEncoded(text[:end], word)
	}
	if copied == 0 {
		return text, false
	}
	return append(out, text[copied:]...), true
}

// within reports whether part, which follows the text before, is a URL with a secret, percent-encoded at
// least once, or encoded so often that its content is unknown.
func (s *Secrets) within(before string, part []byte, depth int) bool {
	if !hasEncoded(part) {
		return false
	}
	var room [512]byte
	plain := append(append(room[:0], before...), part...)
	for ; depth < maxEncodings && hasEncoded(plain); depth++ {
		plain = AppendUnescaped(plain[:0], plain)
		if !Maybe(plain) {
			continue
		}
		if _, found := s.redact(nil, plain, depth+1); found {
			return true
		}
	}
	return hasEncoded(plain)
}
