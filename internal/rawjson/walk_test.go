package rawjson

import (
	"bytes"
	"encoding/json"
	"testing"
)

var objects = []string{
	`{}`, ` { "a" : 1 , "b":{"c":[1,"]}"]} ,"d":"\\\"" } `, `{"":null,"\u0061":true,"a":[[]]}`, "{\"\xff\":-1e5}",
	` { "a" : 1 , "b":{"c":[1,"]}"]}, "d\"":"\\", "e":-1.5e+3 } `, `{"a":1,"a":2}`, `{"\u00e4":"ä"}`,
}

// FuzzWalk compares with encoding/json for valid text. For other text it must neither panic nor run for ever.
func FuzzWalk(f *testing.F) {
	for _, text := range objects {
		f.Add([]byte(text))
	}
	for _, text := range []string{
		`[]`, `["a", null, {"b":[]}, 7 ]`, `"text"`, `7`, ``, `{"a`, `{"a":`, `[,`, `{"a":"\`, `{"a":"\"`, `{"a":1]`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		type part struct{ key, value string }
		var got []part
		w := Walk(text)
		for range len(text) + 1 {
			key, value, ok := w.Next()
			if !ok {
				break
			}
			if w.Object != (key != nil) {
				t.Fatalf("%q: object %v, key %q", text, w.Object, key)
			}
			got = append(got, part{string(key), string(value)})
		}
		if _, _, more := w.Next(); more {
			t.Fatalf("%q: more members than bytes", text)
		}
		if !json.Valid(text) {
			return
		}
		d := json.NewDecoder(bytes.NewReader(text))
		opening, err := d.Token()
		if err != nil || opening != json.Delim('{') && opening != json.Delim('[') {
			if len(got) > 0 {
				t.Errorf("%q has members: %q", text, got)
			}
			return
		}
		for i := 0; d.More(); i++ {
			var name any
			if w.Object {
				if name, err = d.Token(); err != nil {
					return // too deep for a decoder, though valid
				}
			}
			var want json.RawMessage
			if err := d.Decode(&want); err != nil {
				return
			}
			if i >= len(got) {
				t.Fatalf("%q: only %d members", text, len(got))
			}
			if got[i].value != string(want) {
				t.Errorf("%q: value %d is %q, want %q", text, i, got[i].value, want)
			}
			var key string
			if w.Object && (json.Unmarshal([]byte(got[i].key), &key) != nil || key != name) {
				t.Errorf("%q: key %d is %q, want %q", text, i, got[i].key, name)
			}
		}
	})
}

// FuzzWalkMembers finds the members that Walk finds.
func FuzzWalkMembers(f *testing.F) {
	for _, text := range objects {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, object []byte) {
		object = bytes.TrimSpace(object)
		if !json.Valid(object) || object[0] != '{' {
			return
		}
		members := WalkMembers(nil, object)
		w, n := Walk(object), 0
		for key, value, ok := w.Next(); ok; key, value, ok = w.Next() {
			if n == len(members) {
				t.Fatalf("%q: only %d members", object, n)
			}
			m := members[n]
			n++
			if !bytes.Equal(object[m.ValueStart:m.ValueEnd], value) || !bytes.Equal(object[m.KeyStart-1:m.KeyEnd+1], key) {
				t.Errorf("%q: %+v is not %q: %q", object, m, key, value)
			}
			if m.Escaped != bytes.Contains(key, []byte(`\`)) {
				t.Errorf("%q: %q is escaped: %v", object, key, m.Escaped)
			}
		}
		if n != len(members) {
			t.Errorf("%q: %d members, %d by Walk", object, len(members), n)
		}
	})
}
