package customerio

import (
	"bytes"
	"encoding/json"
	"strings"
)

// withoutAttributes returns an encoded operation without those of the named attributes that it has, and how
// many these are. A name is an attribute's whole name or, where no attribute is called so, a path into nested
// objects joined by dots.
func withoutAttributes(operation []byte, names []string) (changed []byte, removed int) {
	outer, _ := membersOf(operation)
	for i, m := range outer {
		if !m.is("attributes") {
			continue
		}
		for _, name := range names {
			if value, ok := without(outer[i].value, name); ok {
				outer[i].value = value
				removed++
			}
		}
	}
	if removed == 0 {
		return nil, 0
	}
	return object(outer), removed
}

// without returns an encoded object without what name leads to.
func without(text []byte, name string) ([]byte, bool) {
	members, ok := membersOf(text)
	if !ok {
		return nil, false
	}
	kept := make([]member, 0, len(members))
	for _, m := range members {
		if !m.is(name) {
			kept = append(kept, m)
		}
	}
	if len(kept) < len(members) {
		return object(kept), true
	}
	for i, m := range members {
		rest, ok := strings.CutPrefix(name, m.name()+".")
		if !ok {
			continue
		}
		if inner, ok := without(m.value, rest); ok {
			members[i].value = inner
			return object(members), true
		}
	}
	return nil, false
}

// member is a key and its value, as they are written.
type member struct{ key, value []byte }

func (m member) is(name string) bool {
	if plain := m.key[1 : len(m.key)-1]; bytes.IndexByte(plain, '\\') < 0 {
		return string(plain) == name
	}
	return m.name() == name
}

// name is the key's plain text.
func (m member) name() string {
	var name string
	if json.Unmarshal(m.key, &name) != nil {
		return ""
	}
	return name
}

// object joins members.
func object(members []member) []byte {
	size := len(`{}`)
	for _, m := range members {
		size += len(m.key) + len(m.value) + len(`:,`)
	}
	text := append(make([]byte, 0, size), '{')
	for i, m := range members {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(append(text, m.key...), ':'), m.value...)
	}
	return append(text, '}')
}

// membersOf splits an encoded object. Of valid JSON it is ok for objects and nothing else; of other text it may be ok, but
// never panics.
func membersOf(text []byte) (members []member, ok bool) {
	w := walk{text: text}
	if !w.take('{') {
		return nil, false
	}
	if w.take('}') {
		return nil, w.atEnd()
	}
	for {
		key := w.value()
		if len(key) < 2 || key[0] != '"' || !w.take(':') {
			return nil, false
		}
		value := w.value()
		if len(value) == 0 {
			return nil, false
		}
		members = append(members, member{key, value})
		if w.take('}') {
			return members, w.atEnd()
		}
		if !w.take(',') {
			return nil, false
		}
	}
}

// walk goes over encoded JSON.
type walk struct {
	text []byte
	at   int
}

func (w *walk) space() {
	for w.at < len(w.text) && (w.text[w.at] == ' ' || w.text[w.at] == '\t' || w.text[w.at] == '\n' || w.text[w.at] == '\r') {
		w.at++
	}
}

// take steps over c, with the space before it, if it comes next.
func (w *walk) take(c byte) bool {
	w.space()
	if w.at < len(w.text) && w.text[w.at] == c {
		w.at++
		return true
	}
	return false
}

func (w *walk) atEnd() bool {
	w.space()
	return w.at == len(w.text)
}

// value steps over the next value and returns it as it is written, nothing when there is none.
func (w *walk) value() []byte {
	w.space()
	start, depth := w.at, 0
	for w.at < len(w.text) {
		switch c := w.text[w.at]; c {
		case '"':
			if !w.string() {
				return nil
			}
		case '{', '[':
			depth++
			w.at++
		case '}', ']':
			if depth == 0 {
				return nil
			}
			depth--
			w.at++
		case ',', ':', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return nil
			}
			w.at++
		default:
			w.scalar()
		}
		if depth == 0 {
			return w.text[start:w.at]
		}
	}
	return nil
}

// string steps over a string; it is not ok when it does not end.
func (w *walk) string() bool {
	for w.at++; w.at < len(w.text); w.at++ {
		switch w.text[w.at] {
		case '\\':
			w.at++
		case '"':
			w.at++
			return true
		}
	}
	return false
}

// scalar steps over a number, true, false or null.
func (w *walk) scalar() {
	for w.at < len(w.text) {
		switch w.text[w.at] {
		case '"', '{', '}', '[', ']', ',', ':', ' ', '\t', '\n', '\r':
			return
		}
		w.at++
	}
}
