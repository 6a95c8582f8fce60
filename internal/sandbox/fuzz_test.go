package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
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

// FuzzOperation sends one operation: whatever it is, it is either accepted or refused, and a refusal says
// why.
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
