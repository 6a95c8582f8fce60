package rawjson

import "testing"

func TestFieldsRefusesWhatIsNoObject(t *testing.T) {
	for _, text := range []string{
		"", " ", "{", "}", "{}x", "{},", "[]", `{"a"}`, `{"a":}`, `{"a":1`, `{"a":1,}`, `{,"a":1}`, `{"a":,}`, `{a:1}`, `{1:1}`,
		`{"a":"`, `{"a":"\`, `{"a":{]`, `{"a":1}}`, `{"a":1 "b":2}`, `{"a":1,"b"`, `{"":`, `null`, `7`,
	} {
		if fields, ok := Fields([]byte(text)); ok {
			t.Errorf("%s has fields %v", text, fields)
		}
	}
}

func TestWithout(t *testing.T) {
	for _, c := range []struct{ object, name, want string }{
		{` { "a" : 1 , "b" : [ 2 ] } `, "a", `{"b":[ 2 ]}`},
		{`{"a":1,"b":2,"a":3}`, "a", `{"b":2}`},
		{`{"a":{"b":{"c":1},"d":1.50}}`, "a.b.c", `{"a":{"b":{},"d":1.50}}`},
		{`{"a.b":1,"a":{"b":2}}`, "a.b", `{"a":{"b":2}}`},
		{`{"\u0061":1}`, "a", `{}`},
		{`{"a":1}`, "b", ""},
		{`{}`, "", ""},
		{`["a"]`, "a", ""},
		{`"a"`, "a", ""},
	} {
		got, ok := Without([]byte(c.object), c.name)
		if string(got) != c.want || ok != (c.want != "") {
			t.Errorf("%s without %s: %s, %v, want %s", c.object, c.name, got, ok, c.want)
		}
	}
}
