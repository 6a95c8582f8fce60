package mapping

import (
	"bytes"

	"ph2cio/internal/rawjson"
)

// Everything here walks JSON that is known to be valid, and does not check it again.

// appendMembers appends the spans of an object's top-level members.
func appendMembers(dst []rawjson.Member, object []byte) []rawjson.Member {
	i := skipSpace(object, 1)
	for i < len(object) && object[i] == '"' {
		var m rawjson.Member
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
