package schemacheck

import (
	"strings"
	"testing"
)

const schema = `{"anyOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/b"}],"$defs":{
"a":{"$ref":"#/$defs/A"},"b":{"type":"object"},
"A":{"type":"object","additionalProperties":false,"required":["n"],"properties":{
"n":{"type":"integer"},"at":{"type":"string","format":"date-time"},"m":{"type":["object","null"],"additionalProperties":{"type":"number"}},
"l":{"type":"array","items":{"$ref":"#/$defs/A"}},"any":{}}}}}`

func TestWhatBreaksASchemaIsFound(t *testing.T) {
	only := strings.Replace(schema, `,{"$ref":"#/$defs/b"}`, "", 1)
	for document, says := range map[string]string{
		`{"n":1,"at":"2026-03-04T10:02:11Z","m":{"x":1.5},"l":[{"n":2}],"any":[null]}`: "", `{"n":1,"m":null}`: "",
		`{}`: ": n is missing", `{"n":1.5}`: ".n: json.Number is not of type integer", `{"n":1,"x":1}`: ".x: the schema has no such member of A",
		`{"n":1,"at":"now"}`: ".at: parsing time", `{"n":1,"m":{"x":"y"}}`: ".m.x: string is not of type number",
		`{"n":1,"l":[{"n":1},{}]}`: ".l[1]: n is missing", `{"n":1,"l":null}`: ".l: <nil> is not of type array", `[]`: ": []interface {} is not of type object",
	} {
		s, err := New([]byte(only))
		if err != nil {
			t.Fatal(err)
		}
		if err = s.Check([]byte(document)); (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), "\n"+says) {
			t.Errorf("%s: %v, want %q", document, err, says)
		}
	}
	if _, err := New([]byte(`{"minimum":1}`)); err == nil {
		t.Error("it takes what it does not check")
	}
}

func TestMembersThatWereSeen(t *testing.T) {
	s, err := New([]byte(schema))
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range []string{`{"x":1}`, `{"n":1,"l":[{"n":2,"any":1}]}`} {
		if err := s.Check([]byte(document)); err != nil {
			t.Error(err)
		}
	}
	if got := strings.Join(s.Unseen(), " "); got != "A.at A.m" {
		t.Error(got)
	}
}
