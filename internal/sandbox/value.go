package sandbox

import (
	"bytes"
	"encoding/json"
	"iter"
	"strings"
	"unicode/utf8"
)

// value is one JSON value without space around it, known to be valid: the whole body passed json.Valid, and everything
// here only cuts it up. Keys are compared exactly, where encoding/json would ignore case. nil is an absent value.
type value []byte

// kind returns '{', '[', '"', 't', 'f', 'n', '0' for any number, or 0 for an absent value.
func (v value) kind() byte {
	if len(v) == 0 {
		return 0
	}
	if c := v[0]; c != '-' && (c < '0' || c > '9') {
		return c
	}
	return '0'
}

// missing reports whether a value is absent or null.
func (v value) missing() bool { return len(v) == 0 || v[0] == 'n' }

// blank reports whether a value is null or "", which remove an attribute.
func (v value) blank() bool { return v.missing() || string(v) == `""` }

// text returns a string's text.
func (v value) text() string {
	if inner, ok := v.plain(); ok {
		return string(inner)
	}
	var text string
	_ = json.Unmarshal(v, &text) // a valid string: cannot go wrong
	return text
}

// textLen returns the length of a string's text in bytes.
func (v value) textLen() int {
	if bytes.IndexByte(v, '\\') < 0 {
		return len(v) - 2
	}
	return len(v.text())
}

// plain returns the inside of a string that reads as it is written.
func (v value) plain() ([]byte, bool) {
	inner := v[1 : len(v)-1]
	return inner, bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner)
}

// is reports whether the text of a string, in UTF-8, is s.
func (v value) is(s string) bool {
	if len(v) < len(s)+2 {
		return false // an escape is longer than what it means
	}
	if inner, ok := v.plain(); ok {
		return string(inner) == s
	}
	return v.text() == s
}

// size returns what a value takes: a string's text, anything else without space between.
func (v value) size(enough int) int {
	switch {
	case v.kind() == '"':
		return v.textLen()
	case len(v) <= enough:
		return len(v) // small enough as it is
	}
	var compact bytes.Buffer
	_ = json.Compact(&compact, v) // valid: cannot go wrong
	return compact.Len()
}

// scalar returns a string's text or a number's digits.
func (v value) scalar() (string, bool) {
	switch v.kind() {
	case '"':
		return v.text(), true
	case '0':
		return string(v), true
	}
	return "", false
}

// optsOut reports whether a value of `unsubscribed` unsubscribes: true in any case, 1, "1".
func (v value) optsOut() bool {
	text, ok := v.scalar()
	return string(v) == "true" || ok && (text == "1" || strings.EqualFold(text, "true"))
}

// members yields an object's keys, as JSON strings, and values. A key may come twice.
func (v value) members() iter.Seq2[value, value] {
	return func(yield func(key, val value) bool) {
		i := skipSpace(v, 1)
		for v[i] != '}' {
			keyEnd := stringEnd(v, i)
			start := skipSpace(v, skipSpace(v, keyEnd)+1) // past the colon
			end := valueEnd(v, start)
			if !yield(v[i:keyEnd], v[start:end]) {
				return
			}
			if i = skipSpace(v, end); v[i] == ',' {
				i = skipSpace(v, i+1)
			}
		}
	}
}

// elements yields an array's values.
func (v value) elements() iter.Seq[value] {
	return func(yield func(value) bool) {
		i := skipSpace(v, 1)
		for v[i] != ']' {
			end := valueEnd(v, i)
			if !yield(v[i:end]) {
				return
			}
			if i = skipSpace(v, end); v[i] == ',' {
				i = skipSpace(v, i+1)
			}
		}
	}
}

// member returns the last value under a key, nil when there is none.
func (v value) member(name string) (found value) {
	for key, val := range v.members() {
		if key.is(name) {
			found = val
		}
	}
	return found
}

// trimSpace cuts the space around a whole body.
func trimSpace(body []byte) value { return bytes.Trim(body, " \t\r\n") }

func skipSpace(v value, i int) int {
	for i < len(v) && (v[i] == ' ' || v[i] == '\t' || v[i] == '\r' || v[i] == '\n') {
		i++
	}
	return i
}

// stringEnd returns where the string that starts at i ends.
func stringEnd(v value, i int) int {
	for i++; v[i] != '"'; i++ {
		if v[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// valueEnd returns where the value that starts at i ends.
func valueEnd(v value, i int) int {
	switch v[i] {
	case '"':
		return stringEnd(v, i)
	case '{', '[':
		return nestEnd(v, i)
	}
	for i < len(v) && v[i] > ' ' && v[i] != ',' && v[i] != ']' && v[i] != '}' {
		i++
	}
	return i
}

func nestEnd(v value, i int) int {
	for depth := 0; ; i++ {
		switch v[i] {
		case '"':
			i = stringEnd(v, i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}
