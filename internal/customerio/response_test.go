package customerio

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func keep(text string) string { return text }

func FuzzParseReceipt(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, ``, `null`, `{"errors":null}`, `{"errors":[]}`, `{"errors":{}}`, `<html>`, `{"errors":[`,
		`{"errors":[{"batch_index":1,"reason":"invalid","field":"attributes.a","message":"m"}]}`,
		`{"errors":[{"batch_index":-1}]}`, `{"errors":[{"batch_index":"1"}]}`, `{"errors":[{"batch_index":1},{"batch_index":1}]}`,
		`{"errors":[{"batch_index":0,"reason":[1],"field":{"a":2},"message":null}]}`, `{"ERRORS":[{"BATCH_INDEX":2}]}`,
	} {
		f.Add(200, []byte(seed))
		f.Add(207, []byte(seed))
	}
	b := numbered(3)
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		receipt, trouble := parseReceipt(b, status, body, keep)
		if trouble != nil {
			if len(receipt.Rejections) != 0 || !trouble.Temporary() && status == 200 {
				t.Errorf("%s: %+v, %v", body, receipt, trouble)
			}
			return
		}
		if status == 207 && len(receipt.Rejections) == 0 && !bytes.Contains(body, []byte("[")) {
			t.Errorf("%s: a 207 without a list was taken for success", body)
		}
		var object map[string]json.RawMessage
		if json.Unmarshal(body, &object) != nil || object == nil {
			t.Errorf("%s was taken for an answer", body)
		}
		last := -1
		for _, r := range receipt.Rejections {
			if r.Index <= last || r.Index >= b.Len() || r.Ref != b.Ref(r.Index) || len(r.Message) > maxMessage {
				t.Errorf("%s: %+v", body, r)
			}
			last = r.Index
		}
		parseReasons(body, keep)
	})
}

// A list without errors refuses nothing, whatever the status; without a list only a 200 is success.
func TestAnAnswerThatListsNothingIsSuccess(t *testing.T) {
	for _, c := range []struct {
		status  int
		body    string
		success bool
	}{
		{200, `{}`, true},
		{200, `{"errors":null}`, true},
		{200, `{"errors":[]}`, true},
		{207, `{"errors":[]}`, true},
		{207, ` { "errors" : [ ] , "request": "r-1" }`, true},
		{207, `{}`, false},
		{207, `{"errors":null}`, false},
		{207, `{"errors":{}}`, false},
		{207, `{"errors":""}`, false},
		{207, `{"errors":[null]}`, false},
		{200, `{"errors":{}}`, false},
		{200, `{"errors":[{}]}`, false},
	} {
		receipt, trouble := parseReceipt(numbered(3), c.status, []byte(c.body), keep)
		if (trouble == nil) != c.success || len(receipt.Rejections) > 0 {
			t.Errorf("%d %s: %+v, %v", c.status, c.body, receipt, trouble)
		}
	}
}

// The API may list its errors in any order, and one operation more than once.
func TestEveryListedOperationIsRejectedOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "operations")
		indexes := rapid.SliceOfN(rapid.IntRange(0, n-1), 1, -1).Draw(t, "indexes")
		var body strings.Builder
		body.WriteString(`{"errors":[`)
		for i, index := range indexes {
			if i > 0 {
				body.WriteString(",")
			}
			body.WriteString(fmt.Sprintf(`{"batch_index":%d,"message":"%d"}`, index, i))
		}
		receipt, trouble := parseReceipt(numbered(n), 207, []byte(body.String()+"]}"), keep)
		if trouble != nil {
			t.Fatal(trouble)
		}
		want := slices.Compact(slices.Sorted(slices.Values(indexes)))
		faults := 0
		var got []int
		for _, r := range receipt.Rejections {
			got = append(got, r.Index)
			faults += len(r.Faults())
		}
		if !slices.Equal(got, want) || faults != len(indexes) {
			t.Fatalf("%v rejected with %d faults, want %v with %d", got, faults, want, len(indexes))
		}
	})
}

func TestReasonsOfARefusal(t *testing.T) {
	for body, want := range map[string]string{
		`{"errors":[{"reason":"invalid","field":"batch","message":"m"},{}]}`: "[{invalid batch m}]",
		`{"errors":[{"reason":1,"message":["m"]}]}`:                          `[{1  ["m"]}]`,
		`{"errors":[]}`:           "[]",
		`{"errors":"no"}`:         "[]",
		`{"meta":{"error":"no"}}`: "[]",
		`[{"reason":"x"}]`:        "[]",
		`<html>`:                  "[]",
	} {
		if got := fmt.Sprint(parseReasons([]byte(body), keep)); got != want {
			t.Errorf("%s: %s", body, got)
		}
	}
}
