package mapping

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	var c canonical
	for _, test := range [][2]string{
		{` { } `, `{}`},
		{`[ ]`, `[]`},
		{`{"b":1, "a" : [ 1.0 , -0, 1E+2 ]}`, `{"a":[1.0,-0,1E+2],"b":1}`},
		{`{"a":1,"b":2,"a":3}`, `{"a":3,"b":2}`},
		{`{"b":{"d":1,"c":{"f":1,"e":2}},"a":0}`, `{"a":0,"b":{"c":{"e":2,"f":1},"d":1}}`},
		{`{"é":1,"z":2,"\u00e8":3}`, `{"z":2,"è":3,"é":1}`},
		{`"\u0007\b\f\n\r\t\u001F\/\"\\\u007f"`, `"\u0007\b\f\n\r\t\u001f/\"\\` + "\x7f" + `"`},
		{"\"\xff\xfe\\ud800\"", "\"\ufffd\ufffd\ufffd\""},
	} {
		if got := string(c.of([]byte(test[0]))); got != test[1] {
			t.Errorf("%s\n got %s\nwant %s", test[0], got, test[1])
		}
	}
}

// TestCellsAreTakenAsTheyStand holds what two types of a column make of the same cells against each other.
func TestCellsAreTakenAsTheyStand(t *testing.T) {
	t.Parallel()
	c := canonical{cells: true}
	for _, test := range [][2]string{
		{`{"n":12.50,"t":true,"j":{"b":[1,"2"],"a":"x"}}`, `{"n":"12.50","t":"True","j":"{\"b\": [1, \"2\"], \"a\": \"x\"}"}`},
		{`{"n":-1e+16,"l":[false,"007"]}`, `{"n":"-1e+16","l":["false","007"]}`},
		{`{"a":"[1","b":"+1","c":""}`, `{"a":"[1","b":"+1","c":""}`},
	} {
		one := string(c.of([]byte(test[0])))
		if other := string(c.of([]byte(test[1]))); one != other {
			t.Errorf("%s is %s\n%s is %s", test[0], one, test[1], other)
		}
	}
	if got := string(c.of([]byte(`{"zip":"01067"}`))); got != `{"zip":"01067"}` {
		t.Error(got)
	}
}

// TestTypesOfColumnsMakeNoNewEvent holds two types of the columns of one row without a uuid against each
// other.
func TestTypesOfColumnsMakeNoNewEvent(t *testing.T) {
	t.Parallel()
	const numbers, text = `{"total":12,"tags":["x"],"vip":true}`, `{"total":"12","tags":["x"],"vip":"True"}`
	event := func(properties string, cells bool) *posthog.Event {
		e := &posthog.Event{
			Name: []byte("a"), DistinctID: []byte("u"), Timestamp: posthog.Time{Micros: 1772615727_000_000, State: posthog.Known},
			Properties: []byte(properties), Cells: cells,
		}
		e.Members = rawjson.WalkMembers(nil, e.Properties)
		return e
	}
	var ids EventIDs
	for _, cells := range []bool{true, false} {
		one, other := event(numbers, cells), event(text, cells)
		if same := ids.Of(one) == ids.Of(other); same != cells {
			t.Errorf("of cells %v: the same ID %v", cells, same)
		}
		if same := ids.Content(one) == ids.Content(other); same != cells {
			t.Errorf("of cells %v: the same content %v", cells, same)
		}
	}
	if ids.Of(event(numbers, true)) != ids.Of(event(numbers, false)) {
		t.Error("a row of a CSV is not the event that it is in JSON")
	}
}

// reference writes a decoded value in the canonical form, another way: it trusts encoding/json with the
// reading.
func reference(b *strings.Builder, value any) {
	switch v := value.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		b.WriteByte('{')
		for i, key := range keys {
			if i > 0 {
				b.WriteByte(',')
			}
			reference(b, key)
			b.WriteByte(':')
			reference(b, v[key])
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, part := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			reference(b, part)
		}
		b.WriteByte(']')
	case json.Number:
		b.WriteString(v.String())
	case string:
		// encoding/json writes the same escapes, but for two characters that it also escapes.
		parts := strings.Split(v, "\u2028")
		b.WriteByte('"')
		for i, part := range parts {
			if i > 0 {
				b.WriteString("\u2028")
			}
			for j, piece := range strings.Split(part, "\u2029") {
				if j > 0 {
					b.WriteString("\u2029")
				}
				var encoded bytes.Buffer
				e := json.NewEncoder(&encoded)
				e.SetEscapeHTML(false)
				_ = e.Encode(piece) // a string can always be encoded
				b.WriteString(strings.TrimSuffix(encoded.String()[1:], "\"\n"))
			}
		}
		b.WriteByte('"')
	default:
		text, _ := json.Marshal(v) // true, false or null
		b.Write(text)
	}
}

func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"b":[1,{"d":null,"c":true}],"a":"x"}`, `{"a":1,"a":2}`, `"\ud83d\ude00\ud800\u2028"`, `[1e400,-0.0]`,
		`{"\u0061":1,"a":{"b":2,"b":3}}`, "{\"\xff\":1,\"\xfe\":2}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) {
			return
		}
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var value any
		if err := d.Decode(&value); err != nil {
			return
		}
		var want strings.Builder
		reference(&want, value)
		var c canonical
		got := c.of(text)
		if string(got) != want.String() {
			t.Fatalf("%q\n got %s\nwant %s", text, got, want.String())
		}
		if !utf8.Valid(got) || !json.Valid(got) {
			t.Fatalf("%q gives %q", text, got)
		}
		if again := new(canonical).of(got); !bytes.Equal(again, got) {
			t.Fatalf("%q is not its own canonical form, but %q", got, again)
		}
	})
}
