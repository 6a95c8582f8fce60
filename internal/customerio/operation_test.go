package customerio

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/oklog/ulid/v2"
)

// schema is as much of OpenAPI as the person operations of the published Track API file use. An object
// without properties may hold anything.
type schema struct {
	kind       string // string, integer, object, array
	enum       []string
	required   []string
	properties map[string]schema
	oneOf      []schema
	items      *schema
}

var (
	text    = schema{kind: "string"}
	integer = schema{kind: "integer"}
	free    = schema{kind: "object"}
)

func enum(values ...string) schema { return schema{kind: "string", enum: values} }

func one(key string) schema {
	return schema{kind: "object", required: []string{key}, properties: map[string]schema{key: text}}
}

// published is written down from the person_* schemas of Customer.io's OpenAPI file for the Track API.
var published = func() map[Action]schema {
	person := schema{oneOf: []schema{one("id"), one("email"), one("phone"), one("cio_id")}}
	merged := schema{oneOf: []schema{one("id"), one("email"), one("cio_id")}}
	object := schema{oneOf: []schema{
		{kind: "object", required: []string{"object_type_id", "object_id"}, properties: map[string]schema{
			"object_type_id": text, "object_id": text,
		}},
		one("cio_object_id"),
	}}
	relationships := schema{kind: "array", items: &schema{kind: "object", properties: map[string]schema{
		"identifiers": object, "relationship_attributes": free,
	}}}
	operation := func(action Action, properties map[string]schema, required ...string) schema {
		properties["type"] = enum("person")
		properties["action"] = enum(string(action))
		if action != Merge {
			properties["identifiers"] = person
			required = append(required, "identifiers")
		}
		return schema{kind: "object", required: append(required, "type", "action"), properties: properties}
	}
	tracked := func(action Action) schema {
		return operation(action, map[string]schema{
			"id": text, "name": text, "timestamp": integer, "attributes": free,
		}, "name")
	}
	return map[Action]schema{
		Identify: operation(Identify, map[string]schema{
			"timestamp": integer, "attributes": free, "cio_relationships": relationships,
		}),
		Event:      tracked(Event),
		Page:       tracked(Page),
		Screen:     tracked(Screen),
		Delete:     operation(Delete, map[string]schema{}),
		Suppress:   operation(Suppress, map[string]schema{}),
		Unsuppress: operation(Unsuppress, map[string]schema{}),
		Merge: operation(Merge, map[string]schema{
			"primary": merged, "secondary": merged,
		}, "primary", "secondary"),
		AddDevice: operation(AddDevice, map[string]schema{"device": {
			kind: "object", required: []string{"token", "platform"}, properties: map[string]schema{
				"token": text, "platform": enum("ios", "android"), "last_used": integer, "attributes": free,
			},
		}}, "device"),
		DeleteDevice: operation(DeleteDevice, map[string]schema{"device": one("token")}, "device"),
		AddRelationships: operation(AddRelationships, map[string]schema{
			"cio_relationships": relationships,
		}, "cio_relationships"),
		DeleteRelationships: operation(DeleteRelationships, map[string]schema{
			"cio_relationships": relationships,
		}, "cio_relationships"),
	}
}()

// violations says where a value does not fit.
func (s schema) violations(value any, at string) []string {
	if len(s.oneOf) > 0 {
		fitting := 0
		for _, option := range s.oneOf {
			if len(option.violations(value, at)) == 0 {
				fitting++
			}
		}
		if fitting != 1 {
			return []string{fmt.Sprintf("%s fits %d of the forms", at, fitting)}
		}
		return nil
	}
	switch v := value.(type) {
	case string:
		if s.kind != "string" || len(s.enum) > 0 && !slices.Contains(s.enum, v) {
			return []string{at + " is the string " + v}
		}
	case float64:
		if s.kind != "integer" || v != math.Trunc(v) {
			return []string{at + " is a number"}
		}
	case []any:
		if s.kind != "array" {
			return []string{at + " is an array"}
		}
		var all []string
		for _, element := range v {
			all = append(all, s.items.violations(element, at+"[]")...)
		}
		return all
	case map[string]any:
		return s.members(v, at)
	default:
		return []string{fmt.Sprintf("%s is %v", at, v)}
	}
	return nil
}

func (s schema) members(object map[string]any, at string) (all []string) {
	if s.kind != "object" {
		return []string{at + " is an object"}
	}
	for _, key := range s.required {
		if _, ok := object[key]; !ok {
			all = append(all, at+" lacks "+key)
		}
	}
	for key, value := range object {
		property, known := s.properties[key]
		switch {
		case known:
			all = append(all, property.violations(value, at+"."+key)...)
		case s.properties != nil:
			all = append(all, at+" has "+key)
		}
	}
	return all
}

var (
	ada     = Identifier{ID, "ada"}
	hostile = Identifier{Email, "\"a\\b\x00\xff\u2028\"@x.test\",\"action\":\"delete"}
	bag     = []byte(`{"a":{"b":[1,null]},"c":"d"}`)
	orderID = ulid.MustParseStrict("01KJW22XWRS7HDE5A5DNV5MHHW")
)

// operations are at least two of each action: the fullest, and the barest.
func operations() map[Action][]string {
	rich := Tracked{Name: []byte("Order \"placed\""), ID: orderID, Timestamp: 1772615727}
	bare := Tracked{Name: []byte("x")}
	all := map[Action][]string{
		Identify: {
			string(AppendIdentify(nil, ada, bag, 1772615727)),
			string(AppendIdentify(nil, hostile, nil, 0)),
			string(AppendIdentify(nil, Identifier{Phone, "+15551234567"}, []byte("{}"), 0)),
			string(AppendIdentify(nil, Identifier{CioID, "a3000001"}, nil, 0)),
		},
		Merge: {
			string(AppendMerge(nil, ada, hostile)),
			string(AppendMerge(nil, Identifier{CioID, "a3000001"}, ada)),
		},
		Delete:     {string(AppendDelete(nil, ada)), string(AppendDelete(nil, hostile))},
		Suppress:   {string(AppendSuppress(nil, ada)), string(AppendSuppress(nil, hostile))},
		Unsuppress: {string(AppendUnsuppress(nil, ada)), string(AppendUnsuppress(nil, hostile))},
		AddDevice: {
			string(AppendAddDevice(nil, ada, Device{"token\n", IOS, 1772615727, []byte(`{"app_version":"1"}`)})),
			string(AppendAddDevice(nil, hostile, Device{Token: "t", Platform: Android})),
		},
		DeleteDevice: {string(AppendDeleteDevice(nil, ada, "t")), string(AppendDeleteDevice(nil, hostile, "\"}"))},
	}
	for _, action := range []Action{Event, Page, Screen} {
		all[action] = []string{
			string(AppendTracked(nil, action, ada, rich, bag)),
			string(AppendTracked(nil, action, hostile, bare, nil)),
		}
	}
	for _, action := range []Action{AddRelationships, DeleteRelationships} {
		all[action] = []string{
			string(AppendRelationships(nil, action, ada, []Relationship{
				{Object{TypeID: "1", ID: "acme \"co\""}, bag}, {Object: Object{CioID: "o1"}},
			})),
			string(AppendRelationships(nil, action, hostile, nil)),
		}
	}
	return all
}

func decode(t *testing.T, body string) map[string]any {
	t.Helper()
	var value map[string]any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return value
}

func TestOperationsAreAsPublished(t *testing.T) {
	for action, shape := range published {
		bodies := operations()[action]
		if len(bodies) < 2 {
			t.Errorf("%s: no operations to look at", action)
		}
		for _, body := range bodies {
			value := decode(t, body)
			if found := shape.violations(value, string(action)); len(found) > 0 {
				t.Errorf("%s\n%s", body, strings.Join(found, "\n"))
			}
			for _, key := range shape.required {
				less := decode(t, body)
				delete(less, key)
				if len(shape.violations(less, string(action))) == 0 {
					t.Errorf("%s without %s passes: the check is blind", action, key)
				}
				less[key] = true
				if len(shape.violations(less, string(action))) == 0 {
					t.Errorf("%s with %s: true passes: the check is blind", action, key)
				}
			}
		}
	}
}

func TestOperationsSayWhatTheyAreGiven(t *testing.T) {
	for _, c := range []struct{ name, got, want string }{
		{
			"identify", string(AppendIdentify([]byte("before "), ada, []byte(`{"plan":"pro"}`), 1772615727)),
			`before {"type":"person","action":"identify","identifiers":{"id":"ada"},"timestamp":1772615727,"attributes":{"plan":"pro"}}`,
		},
		{
			"event", string(AppendTracked(nil, Event, ada, Tracked{[]byte("Sale <1>"), orderID, 1772615727}, []byte(`{"n":12345678901234567890}`))),
			`{"type":"person","action":"event","identifiers":{"id":"ada"},"name":"Sale <1>","id":"01KJW22XWRS7HDE5A5DNV5MHHW","timestamp":1772615727,"attributes":{"n":12345678901234567890}}`,
		},
		{
			"bare page", string(AppendTracked(nil, Page, Identifier{Email, "a@x.test"}, Tracked{Name: []byte("/")}, nil)),
			`{"type":"person","action":"page","identifiers":{"email":"a@x.test"},"name":"/"}`,
		},
		{
			"merge", string(AppendMerge(nil, ada, Identifier{CioID, "a3"})),
			`{"type":"person","action":"merge","primary":{"id":"ada"},"secondary":{"cio_id":"a3"}}`,
		},
		{
			"delete", string(AppendDelete(nil, ada)),
			`{"type":"person","action":"delete","identifiers":{"id":"ada"}}`,
		},
		{
			"suppress", string(AppendSuppress(nil, ada)),
			`{"type":"person","action":"suppress","identifiers":{"id":"ada"}}`,
		},
		{
			"unsuppress", string(AppendUnsuppress(nil, ada)),
			`{"type":"person","action":"unsuppress","identifiers":{"id":"ada"}}`,
		},
		{
			"add_device", string(AppendAddDevice(nil, ada, Device{"t", IOS, 5, []byte(`{"device_os":"26"}`)})),
			`{"type":"person","action":"add_device","identifiers":{"id":"ada"},"device":{"token":"t","platform":"ios","last_used":5,"attributes":{"device_os":"26"}}}`,
		},
		{
			"delete_device", string(AppendDeleteDevice(nil, ada, "t")),
			`{"type":"person","action":"delete_device","identifiers":{"id":"ada"},"device":{"token":"t"}}`,
		},
		{
			"add_relationships", string(AppendRelationships(nil, AddRelationships, ada, []Relationship{
				{Object{TypeID: "1", ID: "acme"}, []byte(`{"role":"admin"}`)}, {Object: Object{CioID: "o1"}},
			})),
			`{"type":"person","action":"add_relationships","identifiers":{"id":"ada"},"cio_relationships":[` +
				`{"identifiers":{"object_type_id":"1","object_id":"acme"},"relationship_attributes":{"role":"admin"}},` +
				`{"identifiers":{"cio_object_id":"o1"}}]}`,
		},
	} {
		if c.got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, c.got, c.want)
		}
	}
}

func TestAppendingDoesNotAllocate(t *testing.T) {
	dst := make([]byte, 0, MaxItem)
	tracked := Tracked{Name: []byte("Sale"), ID: orderID, Timestamp: 1772615727}
	if n := testing.AllocsPerRun(100, func() {
		dst = AppendIdentify(dst[:0], hostile, bag, 1772615727)
		dst = AppendTracked(dst[:0], Event, hostile, tracked, bag)
		dst = AppendMerge(dst[:0], ada, hostile)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAppendTracked(b *testing.B) {
	dst := make([]byte, 0, MaxItem)
	attributes := []byte(`{"v":"` + strings.Repeat("x", 700) + `"}`)
	tracked := Tracked{Name: []byte("Order placed"), ID: orderID, Timestamp: 1772615727}
	for b.Loop() {
		dst = AppendTracked(dst[:0], Event, ada, tracked, attributes)
	}
	b.SetBytes(int64(len(dst)))
	b.ReportAllocs()
}
