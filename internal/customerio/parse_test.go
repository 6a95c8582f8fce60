package customerio

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/oklog/ulid/v2"
	"pgregory.net/rapid"
)

func TestParseOperationReadsWhatIsBuilt(t *testing.T) {
	seen := map[Action]bool{}
	for action, bodies := range operations() {
		for _, body := range bodies {
			got, err := ParseOperation([]byte(body))
			if err != nil || got.Action != action || string(got.Body) != body || got.Ref != 0 {
				t.Errorf("%s is taken for %+v, error %v", body, got, err)
			}
			seen[got.Action] = true
		}
	}
	if len(seen) != len(actions) {
		t.Errorf("only %v were seen", slices.Collect(maps.Keys(seen)))
	}
}

func TestParseOperationIgnoresOrderSpaceAndOtherMembers(t *testing.T) {
	for body, want := range map[string]Operation{
		` { "identifiers": { "email" : "a@x.test" }, "x": {"action":"page"}, "action" : "event", "type":"person", "name":"\",\"action\":\"merge" } `: {
			Action: Event, Who: Identifier{Email, "a@x.test"},
		},
		`{"type":"person","action":"page","\u0061ction":"scr\u0065en","identifiers":{"id":"1"},"identifiers":{"id":"2","id":"\u0033"},"id":"01KJW22XWRS7HDE5A5DNV5MHHW"}`: {
			Action: Screen, Who: Identifier{ID, "3"}, ID: orderID,
		},
		`{"type":"person","action":"merge","primary":{"cio_id":"a3"},"secondary":{"id":"ada"},"id":7}`: {Action: Merge, Who: Identifier{CioID, "a3"}},
		`{"type":"person","action":"identify","identifiers":{"phone":"+1"},"id":7,"Action":"merge"}`:   {Action: Identify, Who: Identifier{Phone, "+1"}},
	} {
		want.Body = []byte(body)
		got, err := ParseOperation([]byte(body))
		if err != nil || !same(got, want) {
			t.Errorf("%s\nis %+v, error %v", body, got, err)
		}
	}
}

func same(a, b Operation) bool {
	return bytes.Equal(a.Body, b.Body) && a.Ref == b.Ref && a.Action == b.Action && a.Who == b.Who && a.ID == b.ID
}

func TestParseOperationSaysWhatIsWrong(t *testing.T) {
	const who = `"identifiers":{"id":"1"}`
	for body, want := range map[string]string{
		``: "not a JSON object", `{`: "not a JSON object", `[]`: "not a JSON object", `null`: "not a JSON object", `{} {}`: "not a JSON object",
		`{"type":"person","action":"`: "not a JSON object",
		`{}`:                          `"type" is not "person"`,
		`{"type":"object","action":"identify","identifiers":{"id":"1"}}`:                     `"type" is not "person"`,
		`{"type":"person",` + who + `}`:                                                      `"action" is not a string`,
		`{"type":"person","action":7,` + who + `}`:                                           `"action" is not a string`,
		`{"type":"person","action":"dance",` + who + `}`:                                     `unknown action "dance"`,
		`{"type":"person","action":"","identifiers":{"id":"1"}}`:                             `unknown action ""`,
		`{"type":"person","action":"identify"}`:                                              `"identifiers" is not an object with one identifier`,
		`{"type":"person","action":"identify","identifiers":null}`:                           `"identifiers" is not an object with one identifier`,
		`{"type":"person","action":"identify","identifiers":{}}`:                             `"identifiers" is not an object with one identifier`,
		`{"type":"person","action":"identify","identifiers":{"name":"1"}}`:                   `"identifiers" is not an object with one identifier`,
		`{"type":"person","action":"identify","identifiers":{"id":"1","email":"a@x.test"}}`:  `"identifiers" is not an object with one identifier`,
		`{"type":"person","action":"identify","identifiers":{"id":1}}`:                       `"id" is not a string`,
		`{"type":"person","action":"merge","primary":{"id":"1"}}`:                            `"secondary" is not an object`,
		`{"type":"person","action":"merge","secondary":{"id":"1"},"identifiers":{"id":"1"}}`: `"primary" is not an object`,
		`{"type":"person","action":"event","id":"01K",` + who + `}`:                          `the ID "01K" is not a ULID`,
		`{"type":"person","action":"event","id":null,` + who + `}`:                           `"id" is not a string`,
	} {
		op, err := ParseOperation([]byte(body))
		if err == nil || !strings.HasPrefix(err.Error(), "parse an operation: ") || !strings.Contains(err.Error(), want) || !same(op, Operation{}) {
			t.Errorf("%s\nis %+v, error %v, want %q", body, op, err, want)
		}
	}
}

// TestFieldsAreWhatTheBodySays builds operations of any text: the identifier that stands beside a body is the
// one in it.
func TestFieldsAreWhatTheBodySays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SampledFrom([]Key{ID, Email, Phone, CioID}).Draw(t, "key")
		who := Identifier{key, string(rapid.SliceOf(rapid.Byte()).Draw(t, "value"))}
		if rapid.Bool().Draw(t, "text") {
			who.Value = rapid.String().Draw(t, "value as text")
		}
		id := ulid.ULID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		for _, want := range []Operation{
			{Action: Identify, Body: AppendIdentify(nil, who, bag, 5)},
			{Action: Page, ID: id, Body: AppendTracked(nil, Page, who, Tracked{Name: []byte("/"), ID: id}, bag)},
			{Action: Merge, Body: AppendMerge(nil, who, ada)},
			{Action: Suppress, Body: AppendSuppress(nil, who)},
		} {
			want.Who = who.ToValidUTF8()
			if got, err := ParseOperation(want.Body); err != nil || !same(got, want) {
				t.Fatalf("%s\nis %+v, want %+v, error %v", want.Body, got, want, err)
			}
		}
	})
}

// FuzzParseOperation holds the fields against those that encoding/json finds.
func FuzzParseOperation(f *testing.F) {
	for _, bodies := range operations() {
		for _, body := range bodies {
			f.Add([]byte(body))
		}
	}
	for _, body := range []string{
		`{"type":"person","action":"page","action":"dance","identifiers":{"id":"1"}}`, `{"type":"person","action":"event","identifiers":{"id":"\ud800"},"id":"00000000000000000000000000"}`,
		`{"type":"person","action":"merge","primary":{"id":"1"},"secondary":{"id":2}}`, "{\"type\":\"person\",\"action\":\"delete\",\"identifiers\":{\"id\":\"\xff\"}}", `{"type":null}`, `[]`,
		`{"type":"person","action":"identify","identifiers":{"id":"1"},"attributes":{"n":1e999}}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := ParseOperation(body)
		want, ok := byEncodingJSON(body)
		if ok != (err == nil) || !same(got, want) {
			t.Errorf("%q\nis %+v, error %v\nbut %+v, %t by encoding/json", body, got, err, want, ok)
		}
	})
}

// byEncodingJSON is ParseOperation over a decoded value.
func byEncodingJSON(body []byte) (op Operation, ok bool) {
	var all map[string]any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // or 1e999 would be an error
	if !json.Valid(body) || decoder.Decode(&all) != nil || all["type"] != "person" {
		return op, false
	}
	action, _ := all["action"].(string)
	person := func(name string) (who Identifier, ok bool) {
		one, _ := all[name].(map[string]any)
		for key, value := range one {
			who.Key = Key(key)
			who.Value, ok = value.(string)
		}
		return who, ok && len(one) == 1 && slices.Contains([]Key{ID, Email, Phone, CioID}, who.Key)
	}
	op = Operation{Body: body, Action: Action(action)}
	name := "identifiers"
	if op.Action == Merge {
		name = "primary"
	}
	op.Who, ok = person(name)
	if _, other := person("secondary"); op.Action == Merge && !other || !slices.Contains(actions[:], op.Action) {
		ok = false
	}
	if id, has := all["id"]; has && slices.Contains([]Action{Event, Page, Screen}, op.Action) {
		text, _ := id.(string)
		var err error
		op.ID, err = ulid.ParseStrict(text)
		ok = ok && err == nil
	}
	if !ok {
		return Operation{}, false
	}
	return op, true
}
