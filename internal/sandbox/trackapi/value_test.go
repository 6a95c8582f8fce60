package trackapi

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzValue compares the parts of any JSON with those of encoding/json.
func FuzzValue(f *testing.F) {
	for _, s := range []string{
		"7", "null", `{"type":"person"}`, `[1,{"b":null}]`, `{"a":[1,{"b":null}],"c":{"d":""}}`,
		`{ "type" : "person" , "identifiers" : { "id" : 1e3 } , "action" : "page" , "name" : "\u0041\ud800\\" }`,
		"{\"type\":\"person\",\"identifiers\":{\"id\":\"\xff\"},\"action\":\"identify\"}",
	} {
		f.Add(s)
	}
	f.Add(" [ 1 , \"a\\\"]\" , { } , [ ] , -0.5e-7 , true , null ] ")
	f.Add("{\"\":{},\"a\\\\\":\"\\\\\",\"\\u0041\":[{}],\"a\":[]}")
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		v := TrimSpace([]byte(text))
		switch v.kind() {
		case '{':
			got := map[string]json.RawMessage{}
			for key, val := range v.members() {
				got[key.text()] = json.RawMessage(val)
				if name := key.text(); utf8.ValidString(text) &&
					(key.textLen() != len(name) || !key.is(name) || key.is(name+"x")) {
					t.Fatalf("key %s", key)
				}
			}
			want := map[string]json.RawMessage{}
			if err := json.Unmarshal(v, &want); err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("members of %s: %s, want %s: %v", v, got, want, err)
			}
			for name, val := range want {
				if utf8.ValidString(text) && string(v.member(name)) != string(val) {
					t.Fatalf("member %q of %s is %s, want %s", name, v, v.member(name), val)
				}
			}
		case '[':
			got, want := []json.RawMessage{}, []json.RawMessage{}
			for val := range v.elements() {
				got = append(got, json.RawMessage(val))
			}
			if err := json.Unmarshal(v, &want); err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("elements of %s: %s, want %s: %v", v, got, want, err)
			}
		case '"':
			var want string
			if err := json.Unmarshal(v, &want); err != nil || v.text() != want {
				t.Fatalf("text of %s: %q, want %q: %v", v, v.text(), want, err)
			}
		}
		var compact bytes.Buffer
		if _ = json.Compact(&compact, v); v.kind() != '"' && v.size(0) != compact.Len() {
			t.Fatalf("size of %s: %d, want %d", v, v.size(0), compact.Len())
		}
	})
}

// FuzzTimestamp reads any number: a time between 1970 and 5138, or nothing.
func FuzzTimestamp(f *testing.F) {
	for _, s := range []string{"0", "1500000000", "99999999999", "1e11", "-0", "1e-400", "1E400", "0.000000001",
		"99999999999.999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		at := readTimestamp(TrimSpace([]byte(text)))
		if seconds := at.At.Unix(); at.Usable() && (seconds < 0 || seconds >= 1e11) || !at.Given {
			t.Fatalf("%s: %+v", text, at)
		}
	})
}
