package people

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// members walks the top-level members of a valid JSON object, or the elements of a valid JSON array, and hands them out
// as they stand. Text that is neither has none; text that is not valid gives some members and then ends.
type members struct {
	rest   []byte
	object bool
}

func membersOf(text []byte) members {
	text = text[skipSpace(text, 0):]
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return members{}
	}
	return members{rest: text[1:], object: text[0] == '{'}
}

// next returns the next member. key has its quotes, and is nil for an array's element.
func (m *members) next() (key, value []byte, ok bool) {
	i := skipSpace(m.rest, 0)
	if i < len(m.rest) && m.rest[i] == ',' {
		i = skipSpace(m.rest, i+1)
	}
	if m.object {
		if i >= len(m.rest) || m.rest[i] != '"' {
			return nil, nil, false
		}
		end := stringEnd(m.rest, i)
		key = m.rest[i:end]
		i = skipSpace(m.rest, end)
		if i >= len(m.rest) || m.rest[i] != ':' {
			return nil, nil, false
		}
		i = skipSpace(m.rest, i+1)
	}
	end := valueEnd(m.rest, i)
	if end == i {
		return nil, nil, false
	}
	value = m.rest[i:end]
	m.rest = m.rest[end:]
	return key, value, true
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// valueEnd returns where the value that starts at i ends; i itself when there is none.
func valueEnd(b []byte, i int) int {
	if i >= len(b) {
		return i
	}
	switch b[i] {
	case '"':
		return stringEnd(b, i)
	case '{', '[':
		return nestedEnd(b, i)
	}
	for i < len(b) && b[i] != ',' && b[i] != '}' && b[i] != ']' && b[i] > ' ' {
		i++
	}
	return i
}

func nestedEnd(b []byte, i int) int {
	for depth := 0; i < len(b); {
		switch b[i] {
		case '"':
			i = stringEnd(b, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return len(b)
}

// stringEnd returns where the string that starts at i ends, after its closing quote.
func stringEnd(b []byte, i int) int {
	for i++; ; {
		n := bytes.IndexByte(b[min(i, len(b)):], '"')
		if n < 0 {
			return len(b)
		}
		i += n
		slash := i
		for b[slash-1] == '\\' {
			slash--
		}
		i++
		if (i-1-slash)%2 == 0 {
			return i
		}
	}
}

// plainText returns the text of a JSON string; false when it is something else. It is a part of quoted where that needs
// no decoding.
func plainText(quoted []byte) (text []byte, ok bool) {
	if len(quoted) < 2 || quoted[0] != '"' || quoted[len(quoted)-1] != '"' {
		return nil, false
	}
	text = quoted[1 : len(quoted)-1]
	if bytes.IndexByte(text, '\\') < 0 && utf8.Valid(text) {
		return text, true
	}
	var decoded string
	if err := json.Unmarshal(quoted, &decoded); err != nil {
		return nil, false
	}
	return []byte(decoded), true
}

// appendQuoted appends text, valid UTF-8, as a JSON string.
func appendQuoted(dst []byte, text string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
