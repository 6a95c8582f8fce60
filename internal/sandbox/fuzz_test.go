package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func seeds(f *testing.F) {
	for _, s := range []string{
		identify("u", `"a":1,"email":"u@example.com"`), eventOf("u", "e",
			`,"id":"`+ulid1+`","timestamp":1500000000,"attributes":{"a":[1,{"b":null}]}`),
		merge("p", "s"), ofObject("identify", acme+`,"attributes":{"a":""}`), anonymous("a",
			"e"), "7", "null", `{"type":"person"}`,
		`{ "type" : "person" , "identifiers" : { "id" : 1e3 } , "action" : "page" , "name" : "\u0041\ud800\\" }`,
		of("add_device", `,"identifiers":{"id":"u"},"device":{"token":"t","platform":"ios"}`),
		ofObject("add_relationships", acme+`,"cio_relationships":[{"identifiers":{"id":"u"},"relationship_attributes":{"a":1}}]`),
		`{"type":"delivery","action":"event","identifiers":{"id":"d"},"name":"opened","attributes":{"device_token":"t"}}`,
		"{\"type\":\"person\",\"identifiers\":{\"id\":\"\xff\"},\"action\":\"identify\"}",
	} {
		f.Add(s)
	}
}

// FuzzOperation sends one operation: whatever it is, it is either accepted or refused, and a refusal says why.
func FuzzOperation(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, operation string) {
		if !json.Valid([]byte(operation)) {
			return
		}
		s := New(Options{Switches: Switches{EveryError: true, RelationshipStubs: true}})
		status, body := post(s, `{"batch":[`+operation+`]}`)
		stats := s.Stats()
		switch {
		case status == 200 && body == "{}" && stats.Accepted == 1 && stats.Rejected == 0:
		case status == 207 && stats.Accepted == 0 && stats.Rejected == 1 &&
			stats.People+stats.EventsStored+stats.Objects == 0:
		case status == 400 && len(operation) > 499_000:
		default:
			t.Fatalf("%d %s: %+v", status, body, stats)
		}
		for _, p := range s.People() {
			for name, v := range p.Attributes {
				if !json.Valid(v) {
					t.Fatalf("attribute %s is stored as %s", name, v)
				}
			}
		}
		for _, e := range s.Events() {
			if e.Attributes != nil && !json.Valid(e.Attributes) {
				t.Fatalf("stored %s", e.Attributes)
			}
		}
	})
}

func post(s *Sandbox, body string) (int, string) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", batchPath, strings.NewReader(body))
	r.SetBasicAuth("site", "key")
	s.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// FuzzBatch sends any body: each operation in it is accepted or stands in the errors, once.
func FuzzBatch(f *testing.F) {
	for _, s := range []string{"", "{}", `{"batch":[]}`, `{"batch":[7,{}]}`, ` {"a":[],"batch":[1],"batch":[2,3]} `,
		`{"batch":null}`,
		`{"batch":[` + identify("u", "") + `,7,` + eventOf("u", "e", "") + `]}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		s := New(Options{})
		status, answer := post(s, body)
		want, ok := batchOf(body)
		if !ok || len(want) == 0 || len(body) > 500_000 {
			if status != 400 || s.Stats().Items != 0 {
				t.Fatalf("%d %s, want 400", status, answer)
			}
			return
		}
		var got struct{ Errors []gotFault }
		if err := json.Unmarshal([]byte(answer), &got); err != nil {
			t.Fatalf("%d %s: %v", status, answer, err)
		}
		refused := map[int]bool{}
		for _, e := range got.Errors {
			if e.Index == nil || *e.Index < 0 || *e.Index >= len(want) || refused[*e.Index] || e.Reason == "" {
				t.Fatalf("%s", answer)
			}
			refused[*e.Index] = true
		}
		stats := s.Stats()
		if stats.Items != int64(len(want)) || stats.Rejected != int64(len(refused)) ||
			stats.Accepted != stats.Items-stats.Rejected {
			t.Fatalf("%d operations, %d refused: %+v", len(want), len(refused), stats)
		}
		if wantStatus := map[bool]int{true: http.StatusMultiStatus,
			false: http.StatusOK}[len(refused) > 0]; status != wantStatus {
			t.Fatalf("%d, want %d", status, wantStatus)
		}
	})
}

// batchOf reads a batch the way encoding/json does.
func batchOf(body string) ([]json.RawMessage, bool) {
	var envelope map[string]json.RawMessage
	var batch []json.RawMessage
	if json.Unmarshal([]byte(body), &envelope) != nil || json.Unmarshal(envelope["batch"], &batch) != nil {
		return nil, false
	}
	return batch, true
}

// FuzzValue cuts up any JSON, with encoding/json as oracle.
func FuzzValue(f *testing.F) {
	seeds(f)
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

// FuzzStamp reads any number: a time between 1970 and 5138, or nothing.
func FuzzStamp(f *testing.F) {
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
