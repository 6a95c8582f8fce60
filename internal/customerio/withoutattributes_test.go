package customerio

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWithoutAttributes(t *testing.T) {
	for _, c := range []struct {
		attributes string
		names      []string
		want       string // "" when none of the names is there
	}{
		{`{"a":1}`, []string{"a"}, `{}`},
		{`{"a":1,"b":2,"c":3}`, []string{"b"}, `{"a":1,"c":3}`},
		{`{"a":1,"b":2,"c":3}`, []string{"a", "c"}, `{"b":2}`},
		{`{"a":1,"b":2,"a":3}`, []string{"a"}, `{"b":2}`},
		{`{ "a" : [1, {"b":"}"}] , "b":"\"]}" }`, []string{"a"}, `{"b":"\"]}"}`},
		{`{ "a" : [1, {"b":"}"}] , "b":"\"]}" }`, []string{"b"}, `{"a":[1, {"b":"}"}]}`},
		{`{"a.b":1,"a":{"b":2}}`, []string{"a.b"}, `{"a":{"b":2}}`},
		{`{"a":{"b":2,"c":[3]}}`, []string{"a.b"}, `{"a":{"c":[3]}}`},
		{`{"a":{"b.c":{"d":1},"e":2}}`, []string{"a.b.c.d"}, `{"a":{"b.c":{},"e":2}}`},
		{`{"a":{"x":1},"a.b":{"c":2}}`, []string{"a.b.c"}, `{"a":{"x":1},"a.b":{}}`},
		{`{"\u0061\"\\\/":1,"b":2}`, []string{`a"\/`}, `{"b":2}`},
		{`{"a\\u0062":1,"ab":2}`, []string{"ab"}, `{"a\\u0062":1}`},
		{`{"naïve 🎉":1,"\ud83c\udf89":2}`, []string{"🎉"}, `{"naïve 🎉":1}`},
		{`{"":1,"b":2}`, []string{""}, `{"b":2}`},
		{`{"a":1e999,"b":12345678901234567890.10}`, []string{"a"}, `{"b":12345678901234567890.10}`},
		{`{"a":1}`, []string{"b"}, ""},
		{`{"a":1}`, []string{"b", "a", "c"}, `{}`},
		{`{"a":1}`, []string{"a.b"}, ""},
		{`{"a":[{"b":1}]}`, []string{"a.0.b"}, ""},
		{`[]`, []string{"a"}, ""},
		{`"attributes"`, []string{"a"}, ""},
	} {
		before := `{"type":"person","name":"attributes",`
		got, removed := withoutAttributes([]byte(before+`"attributes":`+c.attributes+`,"id":"x"}`), c.names)
		want := before + `"attributes":` + c.want + `,"id":"x"}`
		if c.want == "" {
			want = ""
		}
		if string(got) != want || (removed > 0) != (c.want != "") {
			t.Errorf("%s without %q: %s, %d removed", c.attributes, c.names, got, removed)
		}
	}
	if _, removed := withoutAttributes([]byte(`{"type":"person"}`), []string{"a"}); removed > 0 {
		t.Error("removed from no attributes")
	}
}

// decoded keeps numbers as they are written.
func decoded(t *testing.T, text []byte) (value map[string]any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

func FuzzWithoutAttributes(f *testing.F) {
	f.Add(`{"a":1,"b":[{"c":"}"}]}`, "a")
	f.Add(`{"\u0061.b":{"c":1},"d":null}`, "a.b")
	f.Add(`{"a":{"b":"\\\""}}`, "a.b")
	f.Add(`{"a":"`, "a")
	f.Add("{\"\xff\":1}", "\uFFFD")
	f.Fuzz(func(t *testing.T, attributes, name string) {
		operation := []byte(`{"action":"identify","attributes":` + attributes + `}`)
		got, removed := withoutAttributes(operation, []string{name})
		ok := removed > 0
		if !json.Valid(operation) {
			return // that it did not panic is enough
		}
		if ok && !json.Valid(got) {
			t.Fatalf("%s without %q: %s", operation, name, got)
		}
		whole := decoded(t, operation)
		if len(whole) != 2 {
			return // the attributes close their object and open another
		}
		inner, isObject := whole["attributes"].(map[string]any)
		_, there := inner[name]
		if there && strings.ToValidUTF8(attributes, "") == attributes && !ok {
			t.Fatalf("%s: %q was not found", operation, name)
		}
		if ok && !isObject {
			t.Fatalf("%s: removed from no object: %s", operation, got)
		}
		if ok && there {
			delete(inner, name)
			if diff := cmp.Diff(whole, decoded(t, got)); diff != "" {
				t.Fatalf("%s without %q: %s", operation, name, diff)
			}
		}
	})
}
