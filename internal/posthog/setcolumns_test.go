package posthog

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// changesCase is a row with changes to its person within its properties and in columns. Text is that of the
// JSON value of a column; "" is no value.
type changesCase struct {
	name                string
	properties          string
	set, setOnce, unset string // the columns `set`, `set_once` and `unset`
	want                string
}

// changesCases are rows of PostHog's new table of events, which has `$set`, `$set_once` and `$unset` in columns
// of their own, and of tables that have them in both places.
var changesCases = []changesCase{
	{"in columns alone", `{"n":1}`, `{"a":1}`, `{"b":2}`, `["c"]`, `{"a":1} {"b":2} ["c"]`},
	{"in properties alone", `{"$set":{"a":1},"$set_once":{"b":2},"$unset":["c"]}`, ``, ``, ``, `{"a":1} {"b":2} ["c"]`},
	{"without properties", ``, `{"a":1}`, `{"b":2}`, `["c"]`, `{"a":1} {"b":2} ["c"]`},
	{"nowhere", `{}`, ``, ``, ``, `  `},
	{"null in columns", `{"$set":{"a":1},"$set_once":{"b":2},"$unset":["c"]}`, `null`, `null`, `null`, `{"a":1} {"b":2} ["c"]`},
	{"empty in columns", `{"$set":{"a":1},"$set_once":{"b":2},"$unset":["c"]}`, `{}`, `{ }`, `[]`, `{"a":1} {"b":2} ["c"]`},
	{"empty in properties", `{"$set":{},"$set_once":{ },"$unset":[]}`, `{"a":1}`, `{"b":2}`, `["c"]`, `{"a":1} {"b":2} ["c"]`},
	{"the same in both", `{"$set":{"a":1},"$set_once":{"b":2},"$unset":["c"]}`, `{"a":1}`, `{"b":2}`, `["c"]`, `{"a":1} {"b":2} ["c"]`},
	{"other keys in both", `{"$set":{"a":1},"$set_once":{"b":2},"$unset":["c"]}`, `{"d":1}`, `{"e":2}`, `["f"]`,
		`{"a":1,"d":1} {"b":2,"e":2} ["c","f"]`},
	{"another value in the column, which comes last and counts", `{"$set":{"a":1,"b":1},"$set_once":{"c":1}}`, `{"a":2}`, `{"c":2}`, ``,
		`{"a":1,"b":1,"a":2} {"c":1,"c":2} `},
	{"keys of an object", `{}`, ``, ``, `{"c":{"d":1},"e":null}`, `  {"c":{"d":1},"e":null}`},
	{"keys of an object and a list", `{"$unset":{"a":1,"b":1}}`, ``, ``, `["c"]`, `  ["a","b","c"]`},
	{"something else in columns", `{"$set":{"a":1}}`, `["a"]`, `7`, `"c"`, `{"a":1}  `},
	{"a key that only one of them lacks", `{"$set":{"a":1}}`, ``, `{"b":1}`, ``, `{"a":1} {"b":1} `},
}

func changesOf(e *Event) string { return fmt.Sprintf("%s %s %s", e.Set, e.SetOnce, e.Unset) }

// TestChangesInColumns reads the changes of each row from JSON lines, in which columns are values or text,
// from CSV and from Parquet. All say the same.
func TestChangesInColumns(t *testing.T) {
	t.Parallel()
	for _, c := range changesCases {
		for shape, text := range map[string][]byte{"values": c.jsonLine(false), "text": c.jsonLine(true), "CSV": c.csv(t)} {
			chunks, refused := cutBytes(text, Options{})
			if refused != nil {
				t.Fatalf("%s: %v", text, refused)
			}
			for e, bad := range chunks[0].Events() {
				if bad != nil || changesOf(e) != c.want {
					t.Errorf("%s, %s: want %s, got %s, %v", c.name, shape, c.want, changesOf(e), bad)
				}
			}
		}
		cells := []any{"event", "a", "distinct_id", "u"}
		for name, text := range c.columns() {
			cells = append(cells, name, nilIfEmpty(text))
		}
		if diff := cmp.Diff(c.want, oneParquetRow(t, Options{}, changesOf, cells...)); diff != "" {
			t.Errorf("%s, Parquet: (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestColumnOfCaptureComesFirst reads rows that have `$set` beside their properties, as the capture API does, and
// the column `set` too: the first that has an object counts.
func TestColumnOfCaptureComesFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ set, column, want string }{
		{`{"a":1}`, `{"a":2,"b":2}`, `{"a":1}  `},
		{`null`, `{"a":2}`, `{"a":2}  `},
		{`[1]`, `{"a":2}`, `{"a":2}  `},
		{`{"a":1}`, `[1]`, `{"a":1}  `},
	} {
		line := fmt.Sprintf(`{"event":"a","distinct_id":"u","set":%s,"$set":%s}`+"\n", c.column, c.set)
		chunks, _ := cutBytes([]byte(line), Options{})
		for e, bad := range chunks[0].Events() {
			if bad != nil || changesOf(e) != c.want {
				t.Errorf("%s: want %s, got %s, %v", line, c.want, changesOf(e), bad)
			}
		}
		got := oneParquetRow(t, Options{}, changesOf, "event", "a", "distinct_id", "u", "$set", c.set, "set", c.column)
		if got != c.want {
			t.Errorf("%s in Parquet: want %s, got %s", line, c.want, got)
		}
	}
}

// TestColumnsOfTheWholeEvent reads the columns of an event as `*`, whose names begin with it.
func TestColumnsOfTheWholeEvent(t *testing.T) {
	t.Parallel()
	chunks, _ := cutBytes([]byte("*.event,*.distinct_id,*.set,*.set_once,*.unset\na,u,\"{\"\"a\"\":1}\",\"{\"\"b\"\":2}\",\"[\"\"c\"\"]\"\n"), Options{})
	for e, bad := range chunks[0].Events() {
		if bad != nil || changesOf(e) != `{"a":1} {"b":2} ["c"]` {
			t.Errorf("got %s, %v", changesOf(e), bad)
		}
	}
}

// columns returns the texts of the case's columns by name.
func (c *changesCase) columns() map[string]string {
	return map[string]string{"properties": c.properties, "set": c.set, "set_once": c.setOnce, "unset": c.unset}
}

// jsonLine returns the row as a line of JSON. With quoted, its columns are text that holds JSON.
func (c *changesCase) jsonLine(quoted bool) []byte {
	line := []byte(`{"event":"a","distinct_id":"u"`)
	for name, text := range c.columns() {
		if quoted && text != "" {
			text = strconv.Quote(text)
		} else if text == "" {
			text = "null"
		}
		line = append(line, `,"`+name+`":`+text...)
	}
	return append(line, "}\n"...)
}

// csv returns the row as a table of CSV with a header.
func (c *changesCase) csv(t *testing.T) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"event", "distinct_id", "timestamp"}, {"a", "u", "2026-03-01T10:00:00Z"}}
	for name, text := range c.columns() {
		rows[0], rows[1] = append(rows[0], name), append(rows[1], text)
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func nilIfEmpty(text string) any {
	if text == "" {
		return nil
	}
	return text
}
