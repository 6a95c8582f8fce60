package sandbox

import (
	"strings"
	"testing"
)

const acme = `,"identifiers":{"object_type_id":"1","object_id":"acme"}`

func ofObject(action, more string) string {
	return `{"type":"object","action":"` + action + `"` + more + `}`
}

func TestV15SizeOfAnObject(t *testing.T) {
	// One operation cannot hold so much; only with a larger one does this limit show.
	b := newBox(t, limits(Limits{ItemBytes: 300_000, EntityBytes: 300_000, AttributeValue: 200_000}))
	attributes := func(n int) string { return `{"ab":"` + x(50_000) + `","cd":"` + x(n-50_000-4) + `"}` }
	b.accepts(ofObject("identify", acme+`,"attributes":`+attributes(100_000)))
	b.refuses(ofObject("identify", acme+`,"attributes":`+attributes(100_001)), "attributes", "invalid")
	b.refuses(ofObject("identify", acme+`,"cio_relationships":[{"identifiers":{"id":"u"},"relationship_attributes":`+
		attributes(100_001)+`}]`), "cio_relationships[0].relationship_attributes", "invalid")
	small := newBox(t, limits(Limits{ObjectBytes: 10}))
	small.accepts(ofObject("identify", acme+`,"attributes":{"a":[ 1, 2, 3 ]}`))
	small.refuses(ofObject("identify", acme+`,"attributes":{"a":"0123456789"}`), "attributes", "invalid")
}

func TestV16ObjectIdentifiers(t *testing.T) {
	b := newBox(t, switches(Switches{ObjectTypes: []string{"1", "12"}}))
	for _, action := range []string{"identify", "delete"} {
		with := func(identifiers string) string { return ofObject(action, `,"identifiers":`+identifiers) }
		b.refuses(ofObject(action, ""), "identifiers", "required")
		b.refuses(with("null"), "identifiers", "required")
		b.refuses(with(`"acme"`), "identifiers", "invalid")
		b.refuses(with(`{}`), "identifiers.object_type_id", "required")
		b.refuses(with(`{"object_type_id":"1"}`), "identifiers.object_id", "required")
		b.refuses(with(`{"object_id":"acme"}`), "identifiers.object_type_id", "required")
		b.refuses(with(`{"object_type_id":1,"object_id":"acme"}`), "identifiers.object_type_id", "invalid")
		b.refuses(with(`{"object_type_id":"1","object_id":7}`), "identifiers.object_id", "invalid")
		b.refuses(with(`{"object_type_id":"1","object_id":" "}`), "identifiers.object_id", "required")
		b.refuses(with(`{"object_type_id":"companies","object_id":"acme"}`), "identifiers.object_type_id", "invalid")
		b.refuses(with(`{"object_type_id":"01","object_id":"acme"}`), "identifiers.object_type_id", "invalid")
		b.refuses(with(`{"object_type_id":"2","object_id":"acme"}`), "identifiers.object_type_id", "invalid")
		b.refuses(with(`{"id":"acme"}`), "identifiers", "invalid")
		b.refuses(with(`{"object_type_id":"1","object_id":"acme","id":"u"}`), "identifiers", "invalid")
		b.refuses(with(`{"object_type_id":"1","object_id":"acme","cio_object_id":"ob01"}`), "identifiers", "invalid")
		b.refuses(with(`{"object_id":"acme","cio_object_id":"ob01"}`), "identifiers", "invalid")
		b.refuses(with(`{"object_type_id":"1","cio_object_id":"ob01"}`), "identifiers", "invalid")
		b.refuses(with(`{"cio_object_id":7}`), "identifiers.cio_object_id", "invalid")
		b.refuses(with(`{"object_type_id":"1","object_id":"`+x(151)+`"}`), "identifiers.object_id", "invalid")
		b.accepts(with(`{"object_type_id":"12","object_id":"`+x(150)+`"}`), with(`{"cio_object_id":"ob01"}`))
	}
	any := newBox(t, switches(Switches{AnyObjectType: true}))
	any.accepts(ofObject("identify", `,"identifiers":{"object_type_id":"99","object_id":"acme"}`))
	any.refuses(ofObject("identify", `,"identifiers":{"object_type_id":"x","object_id":"acme"}`),
		"identifiers.object_type_id", "invalid")
}

func TestV17Relationships(t *testing.T) {
	b := newBox(t)
	person := func(action, relations string) string {
		return `{"type":"person","identifiers":{"id":"u"},"action":"` + action + `"` + relations + `}`
	}
	object := func(action, relations string) string { return ofObject(action, acme+relations) }
	toObject := `{"identifiers":{"object_type_id":"1","object_id":"acme"}}`
	toPerson := `{"identifiers":{"id":"u"}}`
	list := func(relations ...string) string { return `,"cio_relationships":[` + strings.Join(relations, ",") + `]` }

	for _, action := range []string{"add_relationships", "delete_relationships"} {
		for _, whose := range []func(string, string) string{person, object} {
			b.refuses(whose(action, ""), "cio_relationships", "required")
			b.refuses(whose(action, `,"cio_relationships":null`), "cio_relationships", "required")
			b.refuses(whose(action, list()), "cio_relationships", "required")
		}
	}
	v1 := `,"cio_relationships":{"action":"add_relationships","relationships":[` + toObject + `]}`
	for _, action := range []string{"identify", "add_relationships", "delete_relationships"} {
		b.refuses(person(action, v1), "cio_relationships", "invalid")
		b.refuses(person(action, list("7")), "cio_relationships[0]", "invalid")
		b.refuses(person(action, list(toObject, `{}`)), "cio_relationships[1].identifiers", "required")
		b.refuses(person(action, list(toPerson)), "cio_relationships[0].identifiers", "invalid")
		b.refuses(person(action, list(`{"identifiers":{"object_type_id":"7","object_id":"o"}}`)),
			"cio_relationships[0].identifiers.object_type_id", "invalid")
		b.refuses(object(action, `,"cio_relationships":{}`), "cio_relationships", "invalid")
		b.refuses(object(action, list(toPerson, `{"identifiers":null}`)), "cio_relationships[1].identifiers", "required")
		b.refuses(object(action, list(toObject)), "cio_relationships[0].identifiers", "invalid")
		b.refuses(object(action, list(`{"identifiers":{"anonymous_id":"a"}}`)), "cio_relationships[0].identifiers",
			"invalid")
		b.refuses(object(action, list(`{"identifiers":{"id":true}}`)), "cio_relationships[0].identifiers.id", "invalid")
		b.refuses(object(action, list(`{"identifiers":{"id":"u"},"relationship_attributes":[]}`)),
			"cio_relationships[0].relationship_attributes", "invalid")
	}
	b.refuses(object("identify_anonymous", ""), "cio_relationships", "required")
	b.refuses(object("identify_anonymous", list(toPerson)), "cio_relationships[0].identifiers", "invalid")
	b.accepts(object("identify", list(toPerson)), person("identify", list(toObject)),
		object("identify_anonymous", list(`{"identifiers":{"anonymous_id":"a"}}`)),
		object("identify_anonymous", `,"anonymous_id":"a"`))
	b.accepts(object("identify", list()), person("identify", list()), object("identify", ""))
}
