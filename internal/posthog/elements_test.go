package posthog

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// elementsLayout is the layout of a document whose array has just been opened.
func elementsLayout() *layout {
	l := &layout{shape: "JSON document", csv: true, elements: new(elements), decode: decodeElement}
	l.split = l.elements.split
	return l
}

var elementTexts = []string{
	`]`, ` ] }`, `{}]`, `{"event":"a","distinct_id":"u"}]`, `{"event":"a","distinct_id":"u"},{"event":"b","distinct_id":"v"}],"next":null}`,
	"\n  {\n \"event\": \"a\",\n \"distinct_id\": \"u\"\n },\n\n {\"event\":\"b\",\"distinct_id\":\"u\"}\n]\n",
	`{"event":"]},{[","distinct_id":"\"]"},{"event":"\\","distinct_id":"\\\""}]`, `{"event":"a","distinct_id":"u","properties":{"x":[[],{"y":[{}]}]}},1,"text",null,[1,2]]`,
	`{"event":"a","distinct_id":"u","properties":"{\"a\":\"]\\\"\"}"}]}`, `,]`, `{},]`, `{},,{}]`, `{]`, `[}]`, `{"event":"a"`, `{"event":"a","distinct_id":"u"},{"event":`, `"never closed]`,
	`{"event":"a","distinct_id":"u"}}, {"event":"b","distinct_id":"u"}]`, `{"event":"a","distinct_id":"u"} {"event":"b","distinct_id":"u"}]`, `01]`, "{\"event\":\"a\n\",\"distinct_id\":\"u\"}]",
	`{"event":"a","distinct_id":"u"}] , "x" : [ {"event":"no row"} ] }`, "\"\\", ``, ` `,
	strings.Repeat(`{"event":"a","distinct_id":"u","properties":{"k":"long enough for more than one word"}},`, 20) + `{}]`,
}

func TestElements(t *testing.T) {
	for _, text := range elementTexts {
		for _, window := range []int{1, 3, 7, 64, windowSize} {
			compareElements(t, []byte(text), window)
		}
	}
}

// compareElements cuts and decodes an array in our way and in that of encoding/json, which is no oracle for
// an array that is not valid.
func compareElements(t *testing.T, data []byte, window int) {
	t.Helper()
	chunks := cutAs(data, elementsLayout(), Options{window: window})
	if len(chunks) > 0 {
		covered(t, chunks, data)
	}
	got := rowsOf(t, chunks)
	d := json.NewDecoder(bytes.NewReader(append([]byte("["), data...)))
	_, _ = d.Token()
	var want []row
	var broken error
	for d.More() && broken == nil {
		var raw json.RawMessage
		if broken = d.Decode(&raw); broken != nil {
			break
		}
		r := wantRow(raw)
		r.Line = 1 + int64(bytes.Count(data[:int(d.InputOffset())-1-len(raw)], newline))
		want = append(want, r)
	}
	if broken == nil {
		_, broken = d.Token() // the bracket
	}
	if len(got) < len(want) {
		t.Fatalf("%q in windows of %d: %d rows, encoding/json has %d", data, window, len(got), len(want))
	}
	if broken != nil && len(want) > 0 {
		want = want[:len(want)-1] // an array that is cut off, or ends with other text, spoils its last element
	}
	if broken == nil && len(got) != len(want) || len(got) > len(want)+bytes.Count(data, []byte(","))+1 {
		t.Fatalf("%q in windows of %d: %d rows, encoding/json has %d", data, window, len(got), len(want))
	}
	got = got[:len(want)]
	for i := range got {
		if got[i].Ref < uint64(i) {
			t.Fatalf("%q: row %d has the number %d", data, i, got[i].Ref)
		}
		got[i].Ref = 0
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("%q in windows of %d (- encoding/json, + here):\n%s", data, window, diff)
	}
}

func FuzzElements(f *testing.F) {
	for i, text := range elementTexts {
		f.Add([]byte(text), uint16(i*5))
	}
	for _, text := range jsonRows {
		f.Add([]byte(text+","+text+"]"), uint16(40))
	}
	f.Fuzz(func(t *testing.T, data []byte, window uint16) { compareElements(t, data, 1+int(window)) })
}

func TestLongElementsAreGivenUp(t *testing.T) {
	good := `{"event":"a","distinct_id":"u"}`
	for _, long := range []string{
		`{"event":"` + strings.Repeat(`x]},{[`, 200) + `","distinct_id":"u"}`, `{"event":"a","properties":[` + strings.Repeat(`[{"a":"\\\""},1],`, 100) + `1]}`,
		strings.Repeat(" \n", 400) + good,
	} {
		data := good + "," + long + "," + good + ",\n" + good + `]}`
		for _, window := range []int{1, 9, 64, 333, windowSize} {
			var reasons []string
			rows := rowsOf(t, cutAs([]byte(data), elementsLayout(), Options{window: window, MaxRow: 300}))
			for _, r := range rows {
				reasons = append(reasons, r.Reason)
			}
			wanted := []string{"", RowTooLong, "", ""}
			if long[0] != '{' && window == windowSize {
				wanted[1] = "" // white space is part of no row
			}
			if diff := cmp.Diff(wanted, reasons); diff != "" {
				t.Errorf("windows of %d: %s", window, diff)
			} else if want := int64(2 + strings.Count(long, "\n")); rows[3].Line != want {
				t.Errorf("windows of %d: the last row is on line %d, want %d", window, rows[3].Line, want)
			}
		}
	}
}
