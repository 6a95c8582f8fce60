package trackapi

import (
	"bytes"
	"encoding/json"
	"iter"
	"strings"
	"unicode/utf8"
)

// Value is one JSON value without space around it, known to be valid: the whole body passed json.Valid, and
// everything here only cuts it up. Keys are compared exactly, where encoding/json would ignore case. nil is
// an absent value.
type Value []byte

// kind returns '{', '[', '"', 't', 'f', 'n', '0' for any number, or 0 for an absent value.
func (v Value) kind() byte {
	if len(v) == 0 {
		return 0
	}
	if c := v[0]; c != '-' && (c < '0' || c > '9') {
		return c
	}
	return '0'
}

// missing reports whether a value is absent or null.
func (v Value) missing() bool { return len(v) == 0 || v[0] == 'n' }

// Blank reports whether a value is null or "", which remove an attribute.
func (v Value) Blank() bool { return v.missing() || string(v) == `""` }

// text returns a string's text.
func (v Value) text() string {
	if inner, ok := v.plain(); ok {
		return string(inner)
	}
	var text string
	_ = json.Unmarshal(v, &text) // a valid string: cannot go wrong
	return text
}

// textLen returns the length of a string's text in bytes.
func (v Value) textLen() int {
	if bytes.IndexByte(v, '\\') < 0 {
		return len(v) - 2
	}
	return len(v.text())
}

// plain returns the inside of a string that reads as it is written.
func (v Value) plain() ([]byte, bool) {
	inner := v[1 : len(v)-1]
	return inner, bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner)
}

// is reports whether the text of a string, in UTF-8, is s.
func (v Value) is(s string) bool {
	if len(v) < len(s)+2 {
		return false // an escape is longer than what it means
	}
	if inner, ok := v.plain(); ok {
		return string(inner) == s
	}
	return v.text() == s
}

// size returns what a value takes: a string's text, anything else without space between.
func (v Value) size(enough int) int {
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

// Scalar returns a string's text or a number's digits.
func (v Value) Scalar() (string, bool) {
	switch v.kind() {
	case '"':
		return v.text(), true
	case '0':
		return string(v), true
	}
	return "", false
}

// OptsOut reports whether a value of `unsubscribed` unsubscribes: true in any case, 1, "1".
func (v Value) OptsOut() bool {
	text, ok := v.Scalar()
	return string(v) == "true" || ok && (text == "1" || strings.EqualFold(text, "true"))
}

// members yields an object's keys, as JSON strings, and values. A key may come twice.
func (v Value) members() iter.Seq2[Value, Value] {
	return func(yield func(key, val Value) bool) {
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
func (v Value) elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
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
func (v Value) member(name string) (found Value) {
	for key, val := range v.members() {
		if key.is(name) {
			found = val
		}
	}
	return found
}

// TrimSpace cuts the space around a whole body.
func TrimSpace(body []byte) Value { return bytes.Trim(body, " \t\r\n") }

func skipSpace(v Value, i int) int {
	for i < len(v) && (v[i] == ' ' || v[i] == '\t' || v[i] == '\r' || v[i] == '\n') {
		i++
	}
	return i
}

// stringEnd returns where the string that starts at i ends.
func stringEnd(v Value, i int) int {
	for i++; v[i] != '"'; i++ {
		if v[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// valueEnd returns where the value that starts at i ends.
func valueEnd(v Value, i int) int {
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

func nestEnd(v Value, i int) int {
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
