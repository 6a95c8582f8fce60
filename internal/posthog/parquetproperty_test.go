package posthog

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ph2cio/internal/rawjson"
	"ph2cio/internal/source"
	"ph2cio/internal/testkit/parquets"
)

// everythingIn describes an event with all its fields but the row itself.
func everythingIn(e *Event) string {
	var b strings.Builder
	all := reflect.ValueOf(*e)
	for i := range all.NumField() {
		name := all.Type().Field(i).Name
		switch value := all.Field(i); {
		case name == "Row" || name == "columns":
		case value.Kind() == reflect.Slice && value.Type().Elem().Kind() == reflect.Uint8:
			fmt.Fprintf(&b, "%s %q\n", name, value.Bytes())
		default:
			fmt.Fprintf(&b, "%s %v\n", name, value)
		}
	}
	return b.String()
}

// everyRow reads a source and describes its rows.
func everyRow(t *testing.T, name string, data []byte, o Options) (all []string) {
	t.Helper()
	for c, err := range Read(t.Context(), []source.Source{sourceOf(t, name, data)}, o) {
		if err != nil {
			t.Fatal(err)
		}
		for e, bad := range c.Events() {
			if bad != nil {
				all = append(all, fmt.Sprint(bad.Ref, bad.Line, bad.Reason))
				continue
			}
			checkEvent(t, e)
			all = append(all, everythingIn(e))
		}
		c.Release()
	}
	return all
}

// textOf draws the text of a cell, nil for null.
func textOf(field string) *rapid.Generator[any] {
	some := map[string][]string{
		"event":             {"a", "$identify", "$create_alias", " padded ", "Signed Up"},
		"distinct_id":       {"u", "undefined", "None", `\N`, "4.8E+15", "käse \"1\"\\n"},
		"uuid":              {"0195602e-7a11-7c3e-9d55-3f2b61c0aa01", "0195602E7A117C3E9D553F2B61C0AA01", "nan", "1E+20"},
		"id":                {"0195602e-7a11-7c3e-9d55-3f2b61c0aa02", "17"},
		"person_id":         {personA, strings.ToUpper(personB), "00000000-0000-0000-0000-000000000000", "nobody"},
		"team_id":           {"4242", "4242.0", "x"},
		"timestamp":         {"2026-03-04T10:02:11.004512Z", "2026-03-04 10:02", "1772615727", "yesterday"},
		"created_at":        {"2026-03-04 10:02:11.004512+01:00", "1970-01-01T00:00:00Z", "?"},
		"person_mode":       {"full", "propertyless"},
		"elements_chain":    {`a:href="/"`, "\n"},
		"properties":        {`{"a":1,"$set":{"b":2}}`, `{"$user_id":"v","$device_id":7,"$lib":"web","$is_identified":false}`, `{"distinct_id":"w","$anon_distinct_id":"x","alias":["y"]}`, "{", "[1]", "null", ` {"\u0061":"\ud800","a":2} `},
		"person_properties": {`{"email":"m@example.com"}`, "{}", "null", "7", "{]"},
		"$set":              {`{"c":3}`, "[]", "x"},
		"set":               {`{"d":4}`},
		"$set_once":         {`{"e":5}`},
		"set_once":          {`{"f":6}`, "{"},
		"$unset":            {`["g"]`, `{"h":1}`},
		"unset":             {`["i"]`, "0"},
		"$distinct_id":      {"z", ""},
		"now":               {"2026-03-04T10:02:11Z"},
		"offset":            {"1500", "x"},
	}[field]
	return rapid.OneOf(
		rapid.SampledFrom(some), rapid.SampledFrom(some), rapid.SampledFrom([]string{"", " ", "\xff", "a\x00b", "null", "\"", "é"}), rapid.String(),
	).AsAny()
}

// TestAnyRowOfParquetIsReadAsTheSameStringsInJSON writes random text into columns of text, in any order, and
// into JSON lines as strings. The events agree in everything.
func TestAnyRowOfParquetIsReadAsTheSameStringsInJSON(t *testing.T) {
	fields := append([]string{"event", "distinct_id", "uuid", "id", "person_id", "team_id", "timestamp", "created_at", "person_mode",
		"elements_chain", "properties", "person_properties", "set", "set_once", "unset"}, parquetOnly...)
	rapid.Check(t, func(r *rapid.T) {
		names := rapid.Permutation(fields[2:]).Draw(r, "columns")
		names = append(fields[:2:2], names[:rapid.IntRange(0, len(names)).Draw(r, "count")]...)
		rows := rapid.IntRange(1, 30).Draw(r, "rows")
		table := make([]parquets.Column, len(names))
		lines := make([]strings.Builder, rows)
		for i, name := range names {
			table[i].Name = name
			for row := range rows {
				line, cut := &lines[row], ","
				if i == 0 {
					cut = "{"
				}
				fmt.Fprintf(line, "%s%q:", cut, name)
				if rapid.IntRange(0, 4).Draw(r, "null") == 0 {
					table[i].Values = append(table[i].Values, nil)
					line.WriteString("null")
					continue
				}
				text := textOf(name).Draw(r, name)
				table[i].Values = append(table[i].Values, text)
				line.Write(rawjson.AppendRawString(nil, []byte(text.(string))))
			}
		}
		var text strings.Builder
		text.WriteString(eventRow) // by which JSON lines are recognised
		for i := range table {
			table[i].Values = append([]any{map[string]any{"event": "a", "distinct_id": "u"}[table[i].Name]}, table[i].Values...)
		}
		for i := range lines {
			text.WriteString(lines[i].String() + "}\n")
		}
		o := Options{window: 4096, MaxRow: 1 << 20}
		layout := parquets.RandomLayout(func(n int) int { return rapid.IntRange(0, n-1).Draw(r, "layout") })
		want := everyRow(t, "x.jsonl", []byte(text.String()), o)
		if diff := cmp.Diff(want, everyRow(t, "x.parquet", parquets.Write(t, table, layout), o)); diff != "" {
			r.Fatalf("%s (-JSON lines +Parquet):\n%s", layout, diff)
		}
	})
}
