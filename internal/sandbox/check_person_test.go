package sandbox

import (
	"fmt"
	"strings"
	"testing"
)

// x returns n bytes of text.
func x(n int) string { return strings.Repeat("x", n) }

// many returns n attributes.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `%s"a%d":%d`, map[bool]string{true: ","}[i > 0], i, i)
	}
	return b.String()
}

func TestV1SizeAndShape(t *testing.T) {
	b := newBox(t)
	for _, operation := range []string{"null", "7", `"text"`, "[]", "true"} {
		b.refuses(operation, "", "invalid")
	}
	of := func(size int) string {
		operation := `{"type":"person","identifiers":{"id":"u"},"action":"event","name":"e","padding":""}`
		return strings.Replace(operation, `""}`, `"`+x(size-len(operation))+`"}`, 1)
	}
	b.accepts(of(32_000))
	b.refuses(of(32_001), "", "invalid")
	newBox(t, limits(Limits{ItemBytes: 100})).accepts(of(100))
	newBox(t, limits(Limits{ItemBytes: 100, EntityBytes: 100})).refuses(of(101), "", "invalid")
	b.accepts(" " + of(32_000) + strings.Repeat(" ", 100)) // the space between is nobody's
}

func TestV2Type(t *testing.T) {
	b := newBox(t)
	rest := `"identifiers":{"id":"u"},"action":"identify"}`
	b.refuses(`{`+rest, "type", "required")
	b.refuses(`{"type":null,`+rest, "type", "required")
	b.refuses(`{"type":"",`+rest, "type", "required")
	b.refuses(`{"type":7,`+rest, "type", "invalid")
	b.refuses(`{"type":"Person",`+rest, "type", "invalid")
	b.refuses(`{"type":"company",`+rest, "type", "invalid")
	b.refuses(`{"Type":"person",`+rest, "type", "required")
	b.accepts(`{"type":"company","\u0074ype":"person",` + rest) // the last one counts
}

func TestV3Action(t *testing.T) {
	b := newBox(t)
	person := `{"type":"person","identifiers":{"id":"u"},"name":"n"`
	object := `{"type":"object","identifiers":{"object_type_id":"1","object_id":"o"},"name":"n"`
	b.refuses(person+`}`, "action", "required")
	b.refuses(person+`,"action":null}`, "action", "required")
	b.refuses(person+`,"action":["identify"]}`, "action", "invalid")
	for _, action := range []string{"Identify", "track", "identify_anonymous", "group"} {
		b.refuses(person+`,"action":"`+action+`"}`, "action", "invalid")
	}
	for _, action := range []string{"event", "page", "screen", "merge", "suppress", "add_device"} {
		b.refuses(object+`,"action":"`+action+`"}`, "action", "invalid")
	}
	b.refuses(`{"type":"delivery","identifiers":{"id":"d"},"action":"identify"}`, "action", "invalid")
	for _, action := range []string{"identify", "event", "page", "screen", "delete", "suppress", "unsuppress"} {
		b.accepts(person + `,"action":"` + action + `"}`)
	}
	for _, action := range []string{"identify", "delete"} {
		b.accepts(object + `,"action":"` + action + `"}`)
	}
}

func TestV3DeliveryMetrics(t *testing.T) {
	b := newBox(t)
	metric := func(identifiers, name, attributes string) string {
		return `{"type":"delivery","action":"event"` + identifiers + name + attributes + `}`
	}
	id, name, token := `,"identifiers":{"id":"RPIy"}`, `,"name":"opened"`, `,"attributes":{"device_token":"t"}`
	b.accepts(metric(id, name, token))
	b.refuses(metric("", name, token), "identifiers", "required")
	b.refuses(metric(`,"identifiers":{}`, name, token), "identifiers.id", "required")
	b.refuses(metric(id, "", token), "name", "required")
	b.refuses(metric(id, `,"name":"seen"`, token), "name", "invalid")
	b.refuses(metric(id, name, ""), "attributes", "required")
	b.refuses(metric(id, name, `,"attributes":{}`), "attributes.device_token", "required")
	if s := b.Stats(); s.Actions["delivery.event"] != 1 {
		t.Errorf("actions %v, want one delivery.event", s.Actions)
	}
}

func of(action, identifiers string) string {
	return `{"type":"person","action":"` + action + `","name":"n"` + identifiers + `}`
}

func TestV4ExactlyOneIdentifier(t *testing.T) {
	b := newBox(t, switches(Switches{Phone: true}))
	for _, action := range []string{"identify", "event", "delete", "suppress"} {
		b.refuses(of(action, ``), "identifiers", "required")
		b.refuses(of(action, `,"identifiers":null`), "identifiers", "required")
		b.refuses(of(action, `,"identifiers":{}`), "identifiers", "required")
		b.refuses(of(action, `,"identifiers":"u"`), "identifiers", "invalid")
		b.refuses(of(action, `,"identifiers":[{"id":"u"}]`), "identifiers", "invalid")
		b.refuses(of(action, `,"identifiers":{"id":"u","email":"u@example.com"}`), "identifiers", "invalid")
		b.refuses(of(action, `,"identifiers":{"id":"u","email":null}`), "identifiers", "invalid")
		b.refuses(of(action, `,"identifiers":{"id":"u","anonymous_id":"a"}`), "identifiers", "invalid")
		b.refuses(of(action, `,"identifiers":{"name":"u"}`), "identifiers", "invalid")
		b.refuses(of(action, `,"identifiers":{"ID":"u"}`), "identifiers", "invalid")
	}
	for _, identifiers := range []string{`{"id":"u"}`, `{"email":"u@example.com"}`, `{"phone":"+14155552671"}`,
		`{"cio_id":"a3000001"}`, `{"id":"u","id":"v"}`} {
		b.accepts(of("identify", `,"identifiers":`+identifiers), of("event", `,"identifiers":`+identifiers))
	}
	anonymous := `,"identifiers":{"anonymous_id":"a"}`
	for _, action := range []string{"event", "page", "screen"} {
		b.accepts(of(action, anonymous))
		newBox(t, switches(Switches{NoAnonymous: true})).refuses(of(action, anonymous), "identifiers", "invalid")
	}
	b.refuses(of("identify", anonymous), "identifiers", "invalid")
	b.refuses(of("delete", anonymous), "identifiers", "invalid")
}

func TestV5IdentifierIsStringOrNumber(t *testing.T) {
	b := newBox(t)
	for _, v := range []string{"null", "true", "{}", `["u"]`} {
		b.refuses(of("identify", `,"identifiers":{"id":`+v+`}`), "identifiers.id", "invalid")
		b.refuses(of("event", `,"identifiers":{"email":`+v+`}`), "identifiers.email", "invalid")
		b.refuses(`{"type":"person","action":"merge","primary":{"id":`+v+`},"secondary":{"id":"s"}}`, "primary.id",
			"invalid")
		b.refuses(`{"type":"person","action":"merge","primary":{"id":"p"},"secondary":{"cio_id":`+v+`}}`,
			"secondary.cio_id", "invalid")
	}
	a := b.batch(of("identify", `,"identifiers":{"id":null}`))
	if got := a.faults(t)[0].Message; got != "must be a string or a number" {
		t.Errorf("message %q, want the vendor's own", got)
	}
	b.accepts(of("identify", `,"identifiers":{"id":12345678901234567890}`))
	b.person("id", "12345678901234567890") // every digit
	b.accepts(of("event", `,"identifiers":{"id":"12345678901234567890"}`))
	if n := b.Stats().PeopleCreated; n != 2 { // with refuses' neighbour
		t.Errorf("%d people, want the number and the text to be one", n)
	}
}

func TestV6IdentifierLength(t *testing.T) {
	b := newBox(t)
	id := func(text string) string { return of("identify", `,"identifiers":{"id":"`+text+`"}`) }
	for _, blank := range []string{"", " ", `\t\n`, `\u00a0`} {
		b.refuses(id(blank), "identifiers.id", "invalid")
	}
	b.accepts(id(x(150)), id(strings.Repeat("é", 75)), id(strings.Repeat(`\u0061`, 150)))
	b.refuses(id(x(151)), "identifiers.id", "invalid")
	b.refuses(id(strings.Repeat("é", 75)+"x"), "identifiers.id", "invalid")
	b.refuses(of("event", `,"identifiers":{"anonymous_id":"`+x(151)+`"}`), "identifiers.anonymous_id", "invalid")
	b.refuses(merge(x(151), "s"), "primary.id", "invalid")
	b.refuses(merge("p", " "), "secondary.id", "invalid")
	newBox(t, limits(Limits{IdentifierBytes: 3})).refuses(id("long"), "identifiers.id", "invalid")
}

func TestV7Email(t *testing.T) {
	good := []string{"u@example.com", "First.Last+tag@sub.example.co", "u@localhost", "ü@example.com"}
	bad := []string{"u", "u@", "@example.com", "u@@example.com", "u example@example.com", "Name <u@example.com>",
		"<u@example.com>", " u@example.com", "u@example.com ", "u@example.com, v@example.com", "u@example.com (work)"}
	b, lax := newBox(t), newBox(t, switches(Switches{LaxEmail: true}))
	for _, email := range good {
		b.accepts(of("event", `,"identifiers":{"email":"`+email+`"}`), identify("u", `"email":"`+email+`"`))
	}
	for _, email := range bad {
		asIdentifier := of("event", `,"identifiers":{"email":"`+email+`"}`)
		b.refuses(asIdentifier, "identifiers.email", "invalid")
		b.refuses(identify("u", `"email":"`+email+`"`), "attributes.email", "invalid")
		lax.accepts(asIdentifier, identify("u", `"email":"`+email+`"`))
	}
	b.refuses(identify("u", `"email":7`), "attributes.email", "invalid")
	b.refuses(identify("u", `"email":{}`), "attributes.email", "invalid")
	b.accepts(identify("u", `"email":null`), identify("u", `"email":""`), identify("u", `"Email":"none"`))
	b.accepts(eventOf("u", "e", `,"attributes":{"email":"not one"}`)) // of an event it is only data
}

func TestV8CioID(t *testing.T) {
	b := newBox(t)
	id := func(text string) string { return of("identify", `,"identifiers":{"cio_id":"`+text+`"}`) }
	for _, bad := range []string{"cio_a3000001", "A3000001", "a3-01", "a3 01", "user"} {
		b.refuses(id(bad), "identifiers.cio_id", "invalid")
		b.refuses(`{"type":"person","action":"merge","primary":{"cio_id":"`+bad+`"},"secondary":{"id":"s"}}`,
			"primary.cio_id", "invalid")
	}
	b.accepts(id("a3000001"), id("0123456789abcdef"))
}

func TestV9NameIsThere(t *testing.T) {
	b := newBox(t)
	for _, action := range []string{"event", "page", "screen"} {
		operation := func(name string) string {
			return `{"type":"person","identifiers":{"id":"u"},"action":"` + action + `"` + name + `}`
		}
		b.refuses(operation(""), "name", "required")
		b.refuses(operation(`,"name":null`), "name", "required")
		b.refuses(operation(`,"name":""`), "name", "required")
		b.refuses(operation(`,"name":" \t\u00a0"`), "name", "required")
		b.refuses(operation(`,"name":7`), "name", "invalid")
		b.accepts(operation(`,"name":"n"`))
	}
	b.accepts(`{"type":"person","identifiers":{"id":"u"},"action":"identify"}`)
}

func TestV10NameLength(t *testing.T) {
	b := newBox(t)
	for _, action := range []string{"event", "page", "screen"} {
		operation := func(name string) string {
			return `{"type":"person","identifiers":{"id":"u"},"action":"` + action + `","name":"` + name + `"}`
		}
		b.accepts(operation(x(100)), operation("  "+x(100)+"  "), operation(strings.Repeat("é", 50)))
		b.refuses(operation(x(101)), "name", "invalid")
		b.refuses(operation(strings.Repeat("é", 50)+"x"), "name", "invalid")
		newBox(t, switches(Switches{NoNameLimit: true})).accepts(operation(x(101)))
		newBox(t, limits(Limits{NameBytes: 3})).refuses(operation("long"), "name", "invalid")
	}
}

func TestV11AttributesAreAnObject(t *testing.T) {
	b := newBox(t)
	for _, attributes := range []string{"null", "[]", `"a"`, "7", "false"} {
		b.refuses(`{"type":"person","identifiers":{"id":"u"},"action":"identify","attributes":`+attributes+`}`,
			"attributes", "invalid")
		b.refuses(eventOf("u", "e", `,"attributes":`+attributes), "attributes", "invalid")
	}
	b.accepts(identify("u", ""), eventOf("u", "e", `,"attributes":{}`), eventOf("u", "e", ""))
}

func TestV12AttributeNames(t *testing.T) {
	b := newBox(t)
	for _, whose := range []func(string) string{
		func(a string) string { return identify("u", a) },
		func(a string) string { return eventOf("u", "e", `,"attributes":{`+a+`}`) },
	} {
		b.accepts(whose(`"`+x(150)+`":1`), whose(`"`+strings.Repeat("é", 75)+`":1`),
			whose(`"`+strings.Repeat(`\u0061`, 150)+`":1`))
		b.refuses(whose(`"":1`), "attributes.", "invalid")
		b.refuses(whose(`"`+x(151)+`":1`), "attributes."+x(151), "invalid")
		b.refuses(whose(`"`+strings.Repeat("é", 76)+`":1`), "attributes."+strings.Repeat("é", 76), "invalid")
	}
	newBox(t, limits(Limits{AttributeName: 3})).refuses(identify("u", `"long":1`), "attributes.long", "invalid")
}

func TestV13AttributeValues(t *testing.T) {
	b, lax := newBox(t), newBox(t, switches(Switches{NoEventValueLimit: true}))
	event := func(v string) string { return eventOf("u", "e", `,"attributes":{"a":1,"v":`+v+`}`) }
	person := func(v string) string { return identify("u", `"a":1,"v":`+v) }
	list := func(n int) string { return `["` + x(n-4) + `"]` } // n bytes of JSON
	good := []string{
		`"` + x(1000) + `"`, `"` + strings.Repeat("é", 500) + `"`, `"` + strings.Repeat(`\u0061`, 1000) + `"`,
		list(1000), "[ " + list(998) + "  ]", strings.Repeat("1", 1000),
	}
	bad := []string{
		`"` + x(1001) + `"`, `"` + strings.Repeat("é", 500) + `x"`, `"` + strings.Repeat(`\u00e9`, 501) + `"`,
		list(1001), "[ " + list(999) + " ]", strings.Repeat("1", 1001), `{"deep":{"deeper":"` + x(1000) + `"}}`,
	}
	for _, v := range good {
		b.accepts(person(v), event(v))
	}
	for _, v := range bad {
		b.refuses(person(v), "attributes.v", "invalid")
		b.refuses(event(v), "attributes.v", "invalid")
		lax.accepts(event(v))
		lax.refuses(person(v), "attributes.v", "invalid")
	}
	if got := b.batch(person(bad[0])).faults(t)[0].Message; got != "property value cannot be longer than 1000 bytes" {
		t.Errorf("message %q, want the vendor's own", got)
	}
	newBox(t, limits(Limits{AttributeValue: 3})).refuses(person(`"long"`), "attributes.v", "invalid")
}

func TestV14NumberOfAttributes(t *testing.T) {
	b := newBox(t)
	b.accepts(identify("u", many(300)), identify("v", many(300)+`,"a1":"again","_update":false`))
	b.refuses(identify("u", many(301)), "attributes", "invalid")
	b.accepts(eventOf("u", "e", `,"attributes":{`+many(400)+`}`)) // of a person's only
	object := `{"type":"object","identifiers":{"object_type_id":"1","object_id":"o"},"action":"identify"`
	b.accepts(object + `,"attributes":{` + many(300) + `}}`)
	b.refuses(object+`,"attributes":{`+many(301)+`}}`, "attributes", "invalid")
	related := func(n int) string {
		return object + `,"cio_relationships":[{"identifiers":{"id":"u"},"relationship_attributes":{` + many(n) + `}}]}`
	}
	b.accepts(related(300))
	b.refuses(related(301), "cio_relationships[0].relationship_attributes", "invalid")
}

func TestV14AttributesOfOnePersonTogether(t *testing.T) {
	b := newBox(t)
	b.accepts(identify("u", many(300)), identify("u", `"one_more":1,"a7":"changed"`))
	p := b.person("id", "u")
	if len(p.Attributes) != 300 || string(p.Attributes["a7"]) != `"changed"` {
		t.Errorf("%d attributes, a7 is %s: want 300 and the change", len(p.Attributes), p.Attributes["a7"])
	}
	if n := b.Stats().FailedAttributeChange; n != 1 {
		t.Errorf("%d failed attribute changes, want 1", n)
	}
}

func TestV18Merge(t *testing.T) {
	b := newBox(t)
	with := func(members string) string { return `{"type":"person","action":"merge"` + members + `}` }
	p, s := `,"primary":{"id":"p"}`, `,"secondary":{"id":"s"}`
	b.refuses(with(s), "primary", "required")
	b.refuses(with(p), "secondary", "required")
	b.refuses(with(s+`,"primary":null`), "primary", "required")
	b.refuses(with(s+`,"primary":{}`), "primary", "required")
	b.refuses(with(s+`,"primary":"p"`), "primary", "invalid")
	b.refuses(with(s+`,"primary":{"id":"p","email":"p@example.com"}`), "primary", "invalid")
	b.refuses(with(p+`,"secondary":{"phone":"+14155552671"}`), "secondary", "invalid")
	b.refuses(with(p+`,"secondary":{"anonymous_id":"a"}`), "secondary", "invalid")
	b.refuses(with(p+`,"secondary":{"id":"p"}`), "secondary", "invalid")
	b.refuses(with(`,"primary":{"email":"P@example.com"},"secondary":{"email":"p@EXAMPLE.com"}`), "secondary", "invalid")
	b.accepts(with(p+s), with(p+`,"secondary":{"id":"P"}`),
		with(`,"primary":{"cio_id":"a3000001"},"secondary":{"email":"s@example.com"}`))
	b.accepts(with(p + s + `,"identifiers":{"id":"ignored"}`))
}

func TestV19Devices(t *testing.T) {
	b := newBox(t)
	device := func(action, device string) string {
		return `{"type":"person","identifiers":{"id":"u"},"action":"` + action + `"` + device + `}`
	}
	for _, action := range []string{"add_device", "delete_device"} {
		b.refuses(device(action, ""), "device", "required")
		b.refuses(device(action, `,"device":"t"`), "device", "invalid")
		b.refuses(device(action, `,"device":{"platform":"ios"}`), "device.token", "required")
		b.refuses(device(action, `,"device":{"id":"t","platform":"ios"}`), "device.token", "required") // v1's name for it
		b.refuses(device(action, `,"device":{"token":7,"platform":"ios"}`), "device.token", "invalid")
	}
	b.refuses(device("add_device", `,"device":{"token":"t"}`), "device.platform", "required")
	b.refuses(device("add_device", `,"device":{"token":"t","platform":"web"}`), "device.platform", "invalid")
	b.accepts(identify("u", ""), device("add_device", `,"device":{"token":"t","platform":"ios"}`),
		device("add_device", `,"device":{"token":"t2","platform":"android"}`), device("delete_device",
			`,"device":{"token":"t"}`))
	if got := b.person("id", "u").Devices; len(got) != 1 || got["t2"] != "android" {
		t.Errorf("devices %v, want the second alone", got)
	}
}

func TestV20IdentifiersOfTheWorkspace(t *testing.T) {
	email, phone := `,"identifiers":{"email":"u@example.com"}`, `,"identifiers":{"phone":"+14155552671"}`
	newBox(t).accepts(of("identify", email))
	newBox(t).refuses(of("identify", phone), "identifiers.phone", "invalid")
	phones := newBox(t, switches(Switches{Phone: true}))
	phones.accepts(of("identify", phone), of("identify", `,"identifiers":{"phone":"+123456789012345"}`),
		of("identify", `,"identifiers":{"phone":"+4"}`))
	for _, bad := range []string{"4155552671", "+", "+0155552671", "+1415555267100000", "+1 415 555", "phone"} {
		phones.refuses(of("identify", `,"identifiers":{"phone":"`+bad+`"}`), "identifiers.phone", "invalid")
	}
	ids := newBox(t, switches(Switches{NoEmail: true}))
	ids.refuses(of("identify", email), "identifiers.email", "invalid")
	ids.refuses(`{"type":"person","action":"merge","primary":{"email":"u@example.com"},"secondary":{"id":"s"}}`,
		"primary.email", "invalid")
	// There an email is an attribute like any other: two people may have it.
	ids.accepts(identify("u", `"email":"u@example.com"`), identify("v", `"email":"u@example.com"`))
	ids.has("v", map[string]string{"email": `"u@example.com"`})
	if n := ids.Stats().FailedAttributeChange; n != 0 {
		t.Errorf("%d failed attribute changes, want none", n)
	}
}
