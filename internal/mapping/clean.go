package mapping

import (
	"bytes"
	"unicode/utf8"

	"ph2cio/internal/rawjson"
	"ph2cio/internal/redact"
)

// limit is the largest size of a value in bytes; 0 is no limit. A longer text is shortened and counted as
// text. Another value that is longer is dropped and counted as other.
type limit struct {
	bytes       int
	text, other cut
}

// cleaner copies JSON values and removes what must not be sent: bytes that are not UTF-8, U+0000, secrets in
// URLs, and what exceeds the limit. A value without these is copied unchanged, so that numbers keep every
// digit.
type cleaner struct {
	secrets *redact.Secrets
	limit   limit
	cuts    *cuts
	text    []byte // scratch: an unescaped text
	safe    []byte // scratch: a text without secrets
}

// append appends a value. If it exceeds the limit, ok is false and nothing is appended.
func (c *cleaner) append(dst, value []byte) (out []byte, ok bool) {
	start := len(dst)
	switch value[0] {
	case '"':
		return c.appendText(dst, value, c.limit), true
	case '{', '[':
		dst = c.appendNested(dst, value)
	default:
		dst = append(dst, value...)
	}
	if c.limit.bytes > 0 && len(dst)-start > c.limit.bytes {
		c.cuts.add(c.limit.other)
		return dst[:start], false
	}
	return dst, true
}

// appendText appends a JSON string.
func (c *cleaner) appendText(dst, value []byte, l limit) []byte {
	text := value[1 : len(value)-1]
	changed := false
	if bytes.IndexByte(text, '\\') >= 0 || !utf8.Valid(text) {
		text, changed = c.mended(text)
	}
	if redact.Maybe(text) {
		var found bool
		if c.safe, found = c.secrets.Append(c.safe[:0], text); found {
			c.cuts.add(cutSecret)
			text, changed = c.safe, true
		}
	}
	if l.bytes > 0 && len(text) > l.bytes {
		c.cuts.add(l.text)
		text, changed = shortened(text, l.bytes), true
	}
	if !changed {
		return append(dst, value...)
	}
	return rawjson.AppendString(dst, text)
}

// plain returns the text of a JSON string without space around it, valid until the next call of any method.
// ok is false if the value is no string or its text had to be repaired.
func (c *cleaner) plain(value []byte) (text []byte, ok bool) {
	if value[0] != '"' {
		return nil, false
	}
	var found rawjson.Flaws
	c.text, found = rawjson.AppendUnescaped(c.text[:0], value[1:len(value)-1])
	return bytes.TrimSpace(c.text), found == 0
}

// mended returns the plain text of the inside of a JSON string. changed reports that the text was repaired,
// so that the string must not be copied unchanged.
func (c *cleaner) mended(inside []byte) (text []byte, changed bool) {
	var found rawjson.Flaws
	c.text, found = rawjson.AppendUnescaped(c.text[:0], inside)
	if found == 0 {
		return c.text, false
	}
	c.cuts.addFlaws(found)
	if found&rawjson.NUL != 0 {
		c.text = withoutNUL(c.text)
	}
	return c.text, true
}

// appendNested appends an object or array. It cleans all strings in it and redacts the values of keys that
// name a secret. The limit does not apply to its parts.
func (c *cleaner) appendNested(dst, value []byte) []byte {
	for i := 0; i < len(value); {
		quote := bytes.IndexByte(value[i:], '"')
		if quote < 0 {
			return append(dst, value[i:]...)
		}
		dst = append(dst, value[i:i+quote]...)
		i += quote
		end := rawjson.WalkString(value, i)
		dst = c.appendText(dst, value[i:end], limit{})
		if colon := rawjson.WalkSpace(value, end); colon < len(value) && value[colon] == ':' && c.namesSecret(value[i+1:end-1]) {
			from := rawjson.WalkSpace(value, colon+1)
			end = rawjson.WalkValue(value, from)
			dst = c.appendRedacted(append(dst, ':'), value[from:end])
		}
		i = end
	}
	return dst
}

// namesSecret reports whether a key, still escaped, names a secret.
func (c *cleaner) namesSecret(inside []byte) bool {
	if bytes.IndexByte(inside, '\\') >= 0 {
		c.text, _ = rawjson.AppendUnescaped(c.text[:0], inside)
		inside = c.text
	}
	return redact.NamesSecret(inside)
}

// appendRedacted appends the replacement for a secret. A null contains no secret and stays.
func (c *cleaner) appendRedacted(dst, value []byte) []byte {
	if rawjson.IsNull(value) {
		return append(dst, value...)
	}
	c.cuts.add(cutSecret)
	return append(dst, `"`+redact.Replacement+`"`...)
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
