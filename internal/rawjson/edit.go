package rawjson

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Field is one member of an object that has been taken apart: its key, with quotes, and its value, as they are written.
type Field struct{ Key, Value []byte }

// Fields takes an object apart. ok is false for text that is not one valid JSON object.
func Fields(text []byte) (fields []Field, ok bool) {
	if !json.Valid(text) {
		return nil, false
	}
	return fieldsOf(text)
}

// fieldsOf takes a value apart that is known to be valid.
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

// Name is the key's plain text.
func (f *Field) Name() string {
	var name string
	if json.Unmarshal(f.Key, &name) != nil {
		return ""
	}
	return name
}

// Object puts fields together to an object.
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

// Without returns a valid object without what name leads to: the member of that name or, where there is none, of an
// object within, by a path of names joined with dots. ok is false when there is no such member.
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
