package posthog

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/parquet"
	"ph2cio/internal/source"
	"ph2cio/internal/testkit/parquets"
)

// tableOf makes a table of one row.
func tableOf(cells ...any) (table []parquets.Column) {
	for i := 0; i < len(cells); i += 2 {
		name, kind := cells[i].(string), parquets.Text
		if json, ok := strings.CutPrefix(name, "JSON "); ok {
			name, kind = json, parquets.JSON
		}
		switch cells[i+1].(type) {
		case int64:
			kind = parquets.Integer
		case float64:
			kind = parquets.Double
		case bool:
			kind = parquets.Boolean
		case time.Time:
			kind = parquets.Timestamp
		}
		table = append(table, parquets.Column{Name: name, Type: kind, Values: []any{cells[i+1]}})
	}
	return table
}

// oneParquetRow returns a row of one as Parquet: the parts that are asked for, or what is wrong with it.
func oneParquetRow(t *testing.T, o Options, show func(e *Event) string, cells ...any) (text string) {
	t.Helper()
	input := sourceOf(t, "x.parquet", parquets.Write(t, tableOf(cells...), parquets.Layout{}))
	for c, err := range Read(t.Context(), []source.Source{input}, o) {
		if err != nil {
			text += err.Error()
			continue
		}
		for e, bad := range c.Events() {
			if bad != nil {
				text += bad.Reason + ": " + bad.Detail + " in " + string(bad.Row)
				continue
			}
			checkEvent(t, e)
			text += show(e)
		}
		c.Release()
	}
	return text
}

// TestCellsOfParquetCountAsJSON reads rows one by one.
func TestCellsOfParquetCountAsJSON(t *testing.T) {
	t.Parallel()
	at := time.Date(1969, 7, 20, 20, 17, 40, 1000, time.UTC)
	who := func(e *Event) string { return string(e.DistinctID) }
	properties := func(e *Event) string { return string(e.Properties) }
	times := func(e *Event) string { return fmt.Sprint(e.Timestamp, e.CreatedAt) }
	for _, test := range []struct {
		name  string
		show  func(e *Event) string
		want  string
		cells []any
	}{
		{"names in another case", who, "u", []any{"EVENT", "a", "Distinct_ID", "u"}},
		{"names of the events explorer", who, "u", []any{"*.event", "a", "*.distinct_id", "u"}},
		{"an empty name", who, "not_an_event: `event` is blank in {\"event\":\" \",\"distinct_id\":\"u\"}", []any{"event", " ", "distinct_id", "u"}},
		{"no name", who, "not_an_event: `event` is missing in {\"distinct_id\":\"u\"}", []any{"event", nil, "distinct_id", "u"}},
		{"a name with white space", func(e *Event) string { return string(e.Name) + "|" + string(e.Padded) }, "a| a\t", []any{"event", " a\t", "distinct_id", "u"}},
		{"a name in bad UTF-8", func(e *Event) string { return fmt.Sprint(string(e.Name), e.NameBroken) }, "a\ufffdtrue", []any{"event", "a\xff", "distinct_id", "u"}},
		{"words for missing values", who, "None", []any{"event", "a", "distinct_id", "None"}},
		{"ClickHouse's word for null", who, `\N`, []any{"event", "a", "distinct_id", `\N`}},
		{"a rounded ID in text", who, "4.89201E+15", []any{"event", "a", "distinct_id", "4.89201E+15"}},
		{"an ID of backslashes and quotes", who, `\"\u0041"`, []any{"event", "a", "distinct_id", `\"\u0041"`}},
		{"a broken ID", who, "bad_distinct_id: `distinct_id` is damaged: it holds bytes that are not UTF-8, or half of a surrogate pair in {\"event\":\"a\",\"distinct_id\":\"u\xff\"}", []any{"event", "a", "distinct_id", "u\xff"}},
		{"no ID", who, "no_distinct_id: `distinct_id` is missing or blank in {\"event\":\"a\"}", []any{"event", "a", "distinct_id", nil}},
		{"an ID among the properties", who, "w", []any{"event", "a", "distinct_id", nil, "properties", `{"distinct_id":"w"}`}},
		{"an ID in a column of properties", who, "w", []any{"event", "a", "properties.distinct_id", "w"}},
		{"the other name of the ID", who, "v", []any{"event", "a", "distinct_id", "", "$distinct_id", "v"}},
		{"a long integer", who, "9007199254740993", []any{"event", "a", "distinct_id", int64(9007199254740993)}},
		{"a whole double", who, "1001", []any{"event", "a", "distinct_id", 1001.0}},
		{"the largest exact double", who, "-9007199254740991", []any{"event", "a", "distinct_id", -float64(1<<53 - 1)}},
		{"NaN", who, "no_distinct_id: `distinct_id` is missing or blank in {\"event\":\"a\"}", []any{"event", "a", "distinct_id", math.NaN()}},
		{"JSON text", who, "u1", []any{"event", "a", "JSON distinct_id", `"u1"`}},
		{"JSON number", who, "42", []any{"event", "a", "JSON distinct_id", `42`}},
		{"JSON null", who, "v", []any{"event", "a", "JSON distinct_id", `null`, "$distinct_id", "v"}},
		{"a JSON object", who, "no_distinct_id: `distinct_id` is missing or blank in {\"event\":\"a\",\"distinct_id\":{\"x\":1}}", []any{"event", "a", "JSON distinct_id", `{"x":1}`}},
		{"a UUID", func(e *Event) string { return uuidOf(e) }, "0195602e-7a11-7c3e-9d55-3f2b61c0aa01", []any{"event", "a", "distinct_id", "u", "uuid", "0195602E-7A11-7C3E-9D55-3F2B61C0AA01"}},
		{"an ID of the event that is no UUID", func(e *Event) string { return string(e.UUIDText) }, "1E+20", []any{"event", "a", "distinct_id", "u", "uuid", "1E+20"}},
		{"the number of a row", func(e *Event) string { return fmt.Sprint(e.HasUUID, string(e.UUIDText)) }, "false", []any{"event", "a", "distinct_id", "u", "id", int64(7)}},
		{"a person", func(e *Event) string { return string(e.PersonID) }, "b1b32417-b0ba-5954-a245-e60d29e93178", []any{"event", "a", "distinct_id", "u", "person_id", "B1B32417-B0BA-5954-A245-E60D29E93178"}},
		{"no person", func(e *Event) string { return string(e.NoPersonID) }, "nan", []any{"event", "a", "distinct_id", "u", "person_id", "nan"}},
		{"a team", func(e *Event) string { return fmt.Sprint(e.TeamID) }, "4242", []any{"event", "a", "distinct_id", "u", "team_id", int64(4242)}},
		{"a broken team", who, "bad_team_id: `team_id` is not a whole number: \"x\" in {\"event\":\"a\",\"distinct_id\":\"u\",\"team_id\":\"x\"}", []any{"event", "a", "distinct_id", "u", "team_id", "x"}},
		{"times", times, "{-14182939999999 2} {0 0}", []any{"event", "a", "distinct_id", "u", "timestamp", at, "created_at", time.Unix(0, 0)}},
		{"seconds", times, "{1772615727000000 2} {1772615727123000 2}", []any{"event", "a", "distinct_id", "u", "timestamp", int64(1772615727), "created_at", int64(1772615727123)}},
		{"text of times", times, "{1772618531004512 2} {0 1}", []any{"event", "a", "distinct_id", "u", "timestamp", "2026-03-04 10:02:11.004512+00:00", "created_at", "tomorrow"}},
		{"a time of 2021", times, "{1772618531000000 2} {0 0}", []any{"event", "a", "distinct_id", "u", "now", "2026-03-04T10:02:12Z", "offset", int64(1000)}},
		{"a row without a person", func(e *Event) string { return fmt.Sprint(e.Personless) }, "true", []any{"event", "a", "distinct_id", "u", "person_mode", "propertyless"}},
		{"the number of a mode", func(e *Event) string { return fmt.Sprint(e.Personless) }, "true", []any{"event", "a", "distinct_id", "u", "person_mode", int64(1)}},
		{"the number of another mode", func(e *Event) string { return fmt.Sprint(e.Personless) }, "false", []any{"event", "a", "distinct_id", "u", "person_mode", int64(2)}},
		{"elements", func(e *Event) string { return string(e.ElementsChain) }, `"a:href=\"/\""`, []any{"event", "a", "distinct_id", "u", "elements_chain", `a:href="/"`}},
		{"no elements", func(e *Event) string { return fmt.Sprint(e.ElementsChain == nil) }, `true`, []any{"event", "a", "distinct_id", "u", "elements_chain", ""}},
		{"attributes", func(e *Event) string { return fmt.Sprintf("%s %s %s", e.Set, e.SetOnce, e.Unset) }, `{"a":1} {"b":2} ["c"]`, []any{"event", "a", "distinct_id", "u", "set", `{"a":1}`, "$set_once", `{"b":2}`, "JSON unset", `["c"]`}},
		{"properties", properties, `{"a":"\"","n":9007199254740993}`, []any{"event", "a", "distinct_id", "u", "properties", ` {"a":"\"","n":9007199254740993} `}},
		{"no properties", properties, `{}`, []any{"event", "a", "distinct_id", "u", "properties", nil}},
		{"empty properties", properties, `{}`, []any{"event", "a", "distinct_id", "u", "properties", ""}},
		{"properties null", properties, `{}`, []any{"event", "a", "distinct_id", "u", "properties", "null"}},
		{"a list of properties", properties, "not_an_object: `properties` is JSON, but not an object in {\"event\":\"a\",\"distinct_id\":\"u\",\"properties\":[1]}", []any{"event", "a", "distinct_id", "u", "properties", "[1]"}},
		{"broken properties", properties, "not_json: `properties` is not valid JSON: unexpected end of JSON input in {\"event\":\"a\",\"distinct_id\":\"u\",\"properties\":\"{\\\"a\\\":\"}", []any{"event", "a", "distinct_id", "u", "properties", `{"a":`}},
		{"properties in columns", properties, `{"t":"x","e":"","n":1,"b":true,"j":[1],"d":0.5,"at":"1969-07-20T20:17:40.000001Z"}`, []any{"event", "a", "distinct_id", "u", "properties.t", "x", "properties.e", "", "properties.null", nil,
			"properties.n", int64(1), "properties.b", true, "JSON properties.j", "[1]", "properties.d", 0.5, "properties.nan", math.NaN(), "properties.at", at}},
		{"columns that are not JSON", properties, `{"j":"[1"}`, []any{"event", "a", "distinct_id", "u", "JSON properties.j", "[1"}},
		{"columns beside an object", properties, `{"a":1,"b":2}`, []any{"event", "a", "distinct_id", "u", "properties.b", int64(2), "properties.a", int64(3), "properties", `{"a":1}`}},
		{"a property within another", func(e *Event) string { return string(e.Properties) + string(e.Set) }, `{"$set":{"email":"x"}}{"email":"x"}`, []any{"event", "a", "distinct_id", "u", "properties.$set.email", "x"}},
		{"an ID in a column", func(e *Event) string { return string(e.UserID) + string(e.Alias) }, "71001", []any{"event", "$create_alias", "distinct_id", "u", "properties.$user_id", int64(7), "properties.alias", 1001.0}},
		{"the person's properties in columns", func(e *Event) string { return string(e.PersonProperties) }, `{"plan":"pro"}`, []any{"event", "a", "distinct_id", "u", "person.properties.plan", "pro"}},
		{"the person's properties", func(e *Event) string { return string(e.PersonProperties) }, `{"plan":"pro"}`, []any{"event", "a", "distinct_id", "u", "person_properties", `{"plan":"pro"}`}},
		{"none of the person's properties", func(e *Event) string { return fmt.Sprint(e.PersonProperties == nil) }, `true`, []any{"event", "a", "distinct_id", "u", "person_properties", nil}},
	} {
		if diff := cmp.Diff(test.want, oneParquetRow(t, Options{}, test.show, test.cells...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestIDsThatAColumnOfDoublesRoundsAreRejected reads whole numbers from 2^53 on, which may be those of
// others.
func TestIDsThatAColumnOfDoublesRoundsAreRejected(t *testing.T) {
	t.Parallel()
	for _, id := range []float64{1 << 53, -(1 << 53), 1e17, 1e22, 4.5e300} {
		for what, cells := range map[string][]any{
			"`distinct_id`": {"event", "a", "distinct_id", id},
			"the linked ID": {"event", "$create_alias", "distinct_id", "u", "properties.alias", id},
		} {
			got := oneParquetRow(t, Options{}, func(e *Event) string { return "read" }, cells...)
			if !strings.HasPrefix(got, RoundedID+": "+what+" is ") || !strings.Contains(got, "DOUBLE") {
				t.Errorf("%v: %s", id, got)
			}
		}
		input := sourceOf(t, "x.parquet", parquets.Write(t, tableOf("distinct_id", id, "person_id", personA, "person_version", int64(1)), parquets.Layout{}))
		for row, err := range ReadPersons(t.Context(), []source.Source{input}, Options{}) {
			if row != nil || !strings.Contains(err.Error(), "DOUBLE") {
				t.Errorf("%v of a person: %v", id, err)
			}
		}
	}
	for _, test := range []struct {
		kind, id string
		rounded  bool
	}{
		{"FLOAT", "16777215", false}, {"FLOAT", "16777216", true}, {"FLOAT16", "2047", false}, {"FLOAT16", "2048", true},
		{"DOUBLE", "9007199254740991", false}, {"DOUBLE", "9007199254740991.5", false}, {"DOUBLE", "1e-7", false}, {"DOUBLE", "0.5", false},
	} {
		c := parquetColumn{}
		c.Kind, c.Type = parquet.Float, test.kind
		if got := c.roundedID("x", []byte(test.id)) != nil; got != test.rounded {
			t.Errorf("%s %s: rounded %v", test.kind, test.id, got)
		}
	}
}

// TestTimesWithoutAZoneAreThoseOfTheOption reads a column of local times.
func TestTimesWithoutAZoneAreThoseOfTheOption(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Lisbon")
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := readOnce(t, []source.Source{sampleFile(t, "typed_zstd.parquet")}, Options{})
	far, _ := readOnce(t, []source.Source{sampleFile(t, "typed_zstd.parquet")}, Options{Zone: zone})
	if len(far) == 0 || rows[0].Timestamp.State != Known || far[0].Timestamp != rows[0].Timestamp { // Lisbon has UTC in March
		t.Errorf("%v, %v", rows, far)
	}
	zone = time.FixedZone("x", 3600)
	if far, _ = readOnce(t, []source.Source{sampleFile(t, "typed_zstd.parquet")}, Options{Zone: zone}); far[0].Timestamp.Micros != rows[0].Timestamp.Micros-3600_000_000 {
		t.Errorf("%v, %v", rows[0].Timestamp, far[0].Timestamp)
	}
}

// TestARowOfParquetThatIsTooLongIsRejectedAlone reads long rows between others, over windows that are
// shorter.
func TestARowOfParquetThatIsTooLongIsRejectedAlone(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return `{"x":"` + strings.Repeat("x", n) + `"}` }
	values := []any{`{}`, long(4900), long(5100), `{}`, long(60_000), long(4950), long(200_000)}
	table := []parquets.Column{{Name: "event"}, {Name: "distinct_id"}, {Name: "properties", Values: values}}
	for i := range values {
		table[0].Values = append(table[0].Values, fmt.Sprint("e", i))
		table[1].Values = append(table[1].Values, "u")
	}
	input := sourceOf(t, "x.parquet", parquets.Write(t, table, parquets.Layout{}))
	for _, window := range []int{100, 4096, 100_000} {
		o := Options{MaxRow: 5000, window: window}
		rows, troubles := readOnce(t, []source.Source{input}, o)
		var got []string
		for _, r := range rows {
			got = append(got, fmt.Sprintf("%d %s%s", r.Line, r.Name, r.Reason))
		}
		want := []string{"1 e0", "2 e1", "3 row_too_long", "4 e3", "5 row_too_long", "6 e5", "7 row_too_long"}
		if diff := cmp.Diff(want, got); diff != "" || troubles != nil {
			t.Errorf("windows of %d: %v\n%s", window, troubles, diff)
		}
		until, sums, _ := ends(t, []source.Source{input}, o)
		o.Until = until
		if again, errs := trusting(t, []source.Source{input}, o, sums); len(errs) > 0 || !cmp.Equal(rows, again) {
			t.Errorf("windows of %d, second reading: %d rows, %v", window, len(again), errs)
		}
	}
	got := oneParquetRow(t, Options{MaxRow: 100}, nil, "event", "a", "distinct_id", "u", "properties", long(200))
	if got != `row_too_long: the row is longer than 100 bytes in {"event":"a","distinct_id":"u"}` {
		t.Errorf("%s", got)
	}
}
