package rawjson

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Field is one member of an object: its key, with quotes, and its value, unchanged.
type Field struct{ Key, Value []byte }

// Fields returns the members of an object. ok is false for text that is not one valid JSON object.
func Fields(text []byte) (fields []Field, ok bool) {
	if !json.Valid(text) {
		return nil, false
	}
	return fieldsOf(text)
}

// fieldsOf returns the members of a value that is known to be valid.
func fieldsOf(value []byte) (fields []Field, ok bool) {
	w := Walk(value)
	for key, value, more := w.Next(); more; key, value, more = w.Next() {
		fields = append(fields, Field{key, value})
	}
	return fields, w.Object
}

// Is reports whether a field has this name.
func (f *Field) Is(name string) bool {
	if inside := f.Key[1 : len(f.Key)-1]; bytes.IndexByte(inside, '\\') < 0 {
		return string(inside) == name
	}
	return f.Name() == name
}

// Name returns the key's plain text.
func (f *Field) Name() string {
	var name string
	if json.Unmarshal(f.Key, &name) != nil {
		return ""
	}
	return name
}

// Object returns an object with the given fields.
func Object(fields []Field) []byte {
	size := len(`{}`)
	for i := range fields {
		size += len(fields[i].Key) + len(fields[i].Value) + len(`:,`)
	}
	text := append(make([]byte, 0, size), '{')
	for i := range fields {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(append(text, fields[i].Key...), ':'), fields[i].Value...)
	}
	return append(text, '}')
}

// Without returns a valid object without one member. name is its name or, if there is no such member, a path
// of names joined with dots to a member of a nested object. ok is false if there is no such member.
func Without(object []byte, name string) (changed []byte, ok bool) {
	fields, ok := fieldsOf(object)
	if !ok {
		return nil, false
	}
	kept := make([]Field, 0, len(fields))
	for _, f := range fields {
		if !f.Is(name) {
			kept = append(kept, f)
		}
	}
	if len(kept) < len(fields) {
		return Object(kept), true
	}
	for i := range fields {
		rest, ok := strings.CutPrefix(name, fields[i].Name()+".")
		if !ok {
			continue
		}
		if inner, ok := Without(fields[i].Value, rest); ok {
			fields[i].Value = inner
			return Object(fields), true
		}
	}
	return nil, false
}
