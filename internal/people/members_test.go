package people

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzMembers takes encoding/json as oracle for valid text, and wants no panic and no endless walk for the rest.
func FuzzMembers(f *testing.F) {
	for _, text := range []string{
		`{}`, ` { "a" : 1 , "b":{"c":[1,"]}"]}, "d\"":"\\", "e":-1.5e+3 } `, `[]`, `["a", null, {"b":[]}, 7 ]`,
		`"text"`, `7`, ``, `{"a`, `{"a":`, `[,`, `{"a":"\`, `{"a":1,"a":2}`, `{"\u00e4":"ä"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, elements := map[string]string{}, []string(nil)
		m := membersOf(text)
		for range len(text) + 1 {
			key, value, ok := m.next()
			if !ok {
				break
			}
			if m.object {
				name, _ := plainText(key)
				got[string(name)] = string(value)
			} else {
				elements = append(elements, string(value))
			}
		}
		if _, _, more := m.next(); more {
			t.Fatal("more members than bytes")
		}
		if !json.Valid(text) {
			return
		}
		var object map[string]json.RawMessage
		if json.Unmarshal(text, &object) == nil && object != nil {
			want := map[string]string{}
			for key, value := range object {
				want[key] = string(value)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("members (-want +got):\n%s", diff)
			}
		}
		var list []json.RawMessage
		if json.Unmarshal(text, &list) == nil && list != nil {
			var want []string
			for _, value := range list {
				want = append(want, string(value))
			}
			if diff := cmp.Diff(want, elements); diff != "" {
				t.Errorf("elements (-want +got):\n%s", diff)
			}
		}
	})
}

// FuzzPlainText takes encoding/json as oracle, and wants what appendQuoted writes to read as what it was.
func FuzzPlainText(f *testing.F) {
	for _, text := range []string{`"a"`, `"\u00e4\n\"\\"`, `"`, `""`, `7`, "\"\xff\"", `"\ud800"`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) || !bytes.Equal(text, bytes.TrimSpace(text)) {
			return
		}
		var want string
		isText := text[0] == '"' && json.Unmarshal(text, &want) == nil
		got, ok := plainText(text)
		if ok != isText || string(got) != want {
			t.Fatalf("plainText(%s) is %q, %v, want %q, %v", text, got, ok, want, isText)
		}
		if again, ok := plainText(appendQuoted(nil, string(got))); ok && string(again) != want {
			t.Errorf("%q became %q", want, again)
		}
	})
}
