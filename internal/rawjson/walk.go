package rawjson

import "bytes"

// The functions of this file trust what they read: JSON that has been scanned, or that this program has
// written. For invalid text their results are undefined, but they never panic, read beyond it or run for
// ever.

// A Walker steps over the members of an object or the elements of an array. Of any other text, and as its
// zero value, it has none.
type Walker struct {
	Object bool // these are members, with keys

	text []byte
	at   int
}

// Walk begins before the first member or element of text, which may have white space around it.
func Walk(text []byte) Walker {
	i := WalkSpace(text, 0)
	if i == len(text) || text[i] != '{' && text[i] != '[' {
		return Walker{}
	}
	return Walker{Object: text[i] == '{', text: text, at: i + 1}
}

// Next returns the next member or element, unchanged. key has its quotes, and is nil for an element. ok is
// false after the last.
func (w *Walker) Next() (key, value []byte, ok bool) {
	i := WalkSpace(w.text, w.at)
	if i < len(w.text) && w.text[i] == ',' {
		i = WalkSpace(w.text, i+1)
	}
	if w.Object {
		if i >= len(w.text) || w.text[i] != '"' {
			return nil, nil, false
		}
		end := WalkString(w.text, i)
		key = w.text[i:end:end]
		i = WalkSpace(w.text, end)
		if i >= len(w.text) || w.text[i] != ':' {
			return nil, nil, false
		}
		i = WalkSpace(w.text, i+1)
	}
	end := WalkValue(w.text, i)
	if end == i {
		return nil, nil, false
	}
	w.at = end
	return key, w.text[i:end:end], true
}

// WalkMembers appends the top-level members of an object whose first byte is its brace.
func WalkMembers(dst []Member, object []byte) []Member {
	i := WalkSpace(object, 1)
	for i < len(object) && object[i] == '"' {
		var m Member
		end := WalkString(object, i)
		m.KeyStart, m.KeyEnd = uint32(i+1), uint32(end-1)
		m.Escaped = bytes.IndexByte(object[i:end], '\\') >= 0
		i = WalkSpace(object, WalkSpace(object, end)+1)
		m.ValueStart = uint32(i)
		i = WalkValue(object, i)
		m.ValueEnd = uint32(i)
		dst = append(dst, m)
		if i = WalkSpace(object, i); i < len(object) && object[i] == ',' {
			i = WalkSpace(object, i+1)
		}
	}
	return dst
}

// WalkSpace returns the index of the first byte from i on that is not white space, len(b) when there is none.
func WalkSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// WalkString returns the index after the string whose opening quote is b[i].
func WalkString(b []byte, i int) int {
	for i++; i < len(b); i++ {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			break
		}
		i += n
		slash := i
		for b[slash-1] == '\\' { // the opening quote ends this
			slash--
		}
		if (i-slash)%2 == 0 {
			return i + 1
		}
	}
	return len(b)
}

// WalkValue returns the index after the value that begins at b[i], i when there is none.
func WalkValue(b []byte, i int) int {
	if i >= len(b) {
		return i
	}
	switch b[i] {
	case '"':
		return WalkString(b, i)
	case '{', '[':
		return walkNested(b, i)
	}
	for i < len(b) && b[i] != ',' && b[i] != '}' && b[i] != ']' && b[i] > ' ' {
		i++
	}
	return i
}

// walkNested returns the index after the object or array that begins at b[i].
func walkNested(b []byte, i int) int {
	for depth := 0; i < len(b); {
		switch b[i] {
		case '"':
			i = WalkString(b, i)
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

// IsNull reports whether a value is null. An empty value is not.
func IsNull(value []byte) bool { return len(value) > 0 && value[0] == 'n' }
