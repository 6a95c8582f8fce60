package posthog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/source"
)

// readDocument reads a file twice, the second time up to where the first came, as a run does.
func readDocument(t *testing.T, text string, o Options) (rows []row, said []*SourceError) {
	t.Helper()
	sources := []source.Source{sourceOf(t, "x.json", []byte(text))}
	rows, said = readRows(t, sources, o)
	o.Until = []int64{int64(len(text))}
	again, saidAgain := readRows(t, sources, o)
	if diff := cmp.Diff(rows, again); diff != "" {
		t.Errorf("first reading (-), second (+):\n%s", diff)
	}
	if diff := cmp.Diff(fmt.Sprint(said), fmt.Sprint(saidAgain)); diff != "" {
		t.Error(diff)
	}
	return rows, said
}

func TestDocumentsSayHowTheyEnd(t *testing.T) {
	for _, test := range []struct {
		text string
		rows int
		kind SourceTrouble
		says string // nothing if empty
	}{
		{`{"next":null,"results":[{"event":"a"}]}`, 1, 0, ""},
		{`{"next":"https://x/?page=2","results":[{"event":"a"}]}`, 1, Warning, "more rows"},
		{`{"results":[{"event":"a"},{"event":"b"}],"next":"https://x/?page=2"}` + "\n", 2, Warning, "more rows"},
		{`{"columns":["event"],"results":[["a"]],"hasMore":true}`, 1, Warning, "more rows"},
		{`{"hasMore":false,"columns":["event"],"results":[["a"]]}`, 1, 0, ""},
		{`[{"event":"a"}]` + " \n", 1, 0, ""},
		{`[`, 0, Damaged, "ends in the middle"},
		{`{"results":[{"event":"a"}`, 1, Damaged, "ends in the middle"},
		{`{"results":[{"event":"a"},`, 1, Damaged, "ends in the middle"},
		{`{"results":[{"event":"a"},{"eve`, 2, Damaged, "ends in the middle"},
		{`{"results":[{"event":"a"}]`, 1, Damaged, "does not end properly"},
		{`{"results":[{"event":"a"}],"next":nul`, 1, Damaged, "does not end properly"},
		{`{"results":[{"event":"a"}]}{"results":[{"event":"b"}]}`, 1, Damaged, "text after the JSON document"},
		{`{"results":[{"event":"a"}],"batch":[{"event":"b"}]}`, 1, Damaged, "second list of rows, `batch`"},
		{`{"results":[{"event":"a"}],"batch":[],"data":["x"],"next":null}`, 1, 0, ""},
		{`{"results":[{"event":"a"}]}` + strings.Repeat(" \n", 3<<20), 1, 0, ""},
		{"[{\"event\":\"a\"}]\n[{\"event\":\"b\"}]\n", 1, Damaged, "text after the JSON document"},
	} {
		rows, said := readDocument(t, test.text, Options{MaxRow: 2 << 20})
		test.text = test.text[:min(len(test.text), 200)]
		switch {
		case len(rows) != test.rows:
			t.Errorf("%s: %d rows", test.text, len(rows))
		case test.says == "" && len(said) > 0, test.says != "" && len(said) != 1:
			t.Errorf("%s: %v", test.text, said)
		case test.says != "" && (said[0].Kind != test.kind || !strings.Contains(said[0].Error(), test.says) || said[0].Advice == ""):
			t.Errorf("%s: kind %d: %v (%s)", test.text, said[0].Kind, said[0], said[0].Advice)
		}
	}
}

func TestDocumentThatEndsWithinALongRowIsDamaged(t *testing.T) {
	text := `[{"event":"a","distinct_id":"u"},{"event":"` + strings.Repeat("x", 500)
	rows, said := readDocument(t, text, Options{MaxRow: 100, window: 80})
	if len(rows) != 2 || rows[1].Reason != RowTooLong || len(said) != 1 || said[0].Kind != Damaged {
		t.Errorf("%+v %v", rows, said)
	}
}

func TestDocumentLongerThanAWindow(t *testing.T) {
	element := `{"event":"a","distinct_id":"u","properties":{"x":"` + strings.Repeat("y", 1000) + `"}}`
	text := `{"next":null,"results":[` + strings.Repeat(element+",", 5000) + element + `]}`
	rows, said := readDocument(t, text, Options{})
	if len(rows) != 5001 || len(said) > 0 {
		t.Fatalf("%d rows, %v", len(rows), said)
	}
	for i, r := range rows {
		if r.Reason != "" || r.Line != 1 || r.Ref != uint64(i) {
			t.Fatalf("row %d: %+v", i, r)
		}
	}
}

func TestRowsStandThereWithoutTheirCommas(t *testing.T) {
	chunks, _ := cutBytes([]byte("[ {\"event\":\"a\",\"distinct_id\":\"u\"} ,\n{\"event\":\"b\"}\n]"), Options{})
	var rows []string
	for e, bad := range chunks[0].Events() {
		if bad != nil {
			rows = append(rows, string(bad.Row))
			continue
		}
		rows = append(rows, string(e.Row))
	}
	if diff := cmp.Diff([]string{`{"event":"a","distinct_id":"u"}`, `{"event":"b"}`}, rows); diff != "" {
		t.Error(diff)
	}
}

func TestQueryResults(t *testing.T) {
	for _, test := range []struct{ name, columns, row, want string }{
		{"plain", `"event","distinct_id","properties"`, `"a","u",{"x":1}`, `a u {"x":1} `},
		{"properties in a string", `"distinct_id","properties","event"`, `"u","{\"x\":1}","a"`, `a u {"x":1} `},
		{"single properties", `"event","distinct_id","properties.$browser","properties.n","properties.none"`, `"a","u","Chrome",12345678901234567890,null`, `a u {"$browser":"Chrome","n":12345678901234567890} `},
		{"single properties beside all", `"properties.x","event","distinct_id","properties"`, `2,"a","u",{"x":1}`, `a u {"x":1} `},
		{"single properties where all is null", `"properties.x","event","distinct_id","properties"`, `2,"a","u",null`, `a u {"x":2} `},
		{"the person's", `"event","distinct_id","person.properties.email","person.properties.plan"`, `"a","u","a@example.com",null`, `a u {} {"email":"a@example.com"}`},
		{"the whole event", `"*","event","timestamp"`, `{"event":"a","distinct_id":"u","properties":{"x":1}},"a",null`, `a u {"x":1} `},
		{"other columns", `"elements","event","distinct_id"`, `[1,[2]],"a","u"`, `a u {} `},
		{"too few values", `"event","distinct_id"`, `"a"`, CSVFields},
		{"too many values", `"event","distinct_id"`, `"a","u",[1]`, CSVFields},
		{"not JSON", `"event","distinct_id"`, `"a",u`, NotJSON},
		{"a comma too many", `"event","distinct_id"`, `"a","u",`, NotJSON},
		{"nothing", `"event","distinct_id"`, ``, CSVFields},
	} {
		text := `{"columns":[` + test.columns + `],"results":[["a","b"],[` + test.row + `],{"event":"a","distinct_id":"u"}]}`
		rows, said := readDocument(t, text, Options{})
		if len(said) > 0 || len(rows) != 3 || rows[2].Reason != NotAnObject {
			t.Errorf("%s: %v %+v", test.name, said, rows)
			continue
		}
		r := rows[1]
		got := fmt.Sprintf("%s %s %s %s", r.Name, r.DistinctID, r.Properties, r.PersonProperties)
		if r.Reason != "" {
			got = r.Reason
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestDocumentsThatBeginTooLateAreRefused(t *testing.T) {
	long := strings.Repeat("x", windowSize)
	rows, said := readRows(t, []source.Source{sourceOf(t, "x", []byte(`{"types":"`+long+`","results":[{"event":"a","distinct_id":"u"}]}`))}, Options{})
	if len(rows) > 0 || len(said) != 1 || said[0].Kind != Refused || !strings.Contains(said[0].Error(), "first 1 MiB") {
		t.Errorf("%d rows, %v", len(rows), said)
	}
	for _, row := range []string{
		`{"properties":{"x":"` + long + `"},"event":"a","distinct_id":"u"}`,
		`{"_inserted_at":"","distinct_id":"u","elements_chain":"` + long + `","event":"a"}`,
	} {
		rows, said = readRows(t, []source.Source{sourceOf(t, "x", []byte(row+"\n"))}, Options{})
		if len(rows) != 1 || rows[0].Reason != "" || len(said) > 0 {
			t.Errorf("%s...: %d rows, %v", row[:40], len(rows), said)
		}
	}
}
