package mapping

import (
	"bytes"
	"strconv"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"ph2cio/internal/expression"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// inExpressions is a person as expressions see them.
type inExpressions struct {
	person     *people.Person
	properties []byte
}

func (p inExpressions) DistinctID() []byte { return []byte(p.person.DistinctID) }

func (p inExpressions) ID() []byte {
	if p.person.UUID == nil {
		return nil
	}
	return p.person.UUID.Append(nil)
}

func (p inExpressions) Properties() ([]byte, []rawjson.Member) {
	return p.properties, rawjson.WalkMembers(nil, p.properties)
}

// TestPlaceholdersAndExpressionsAgree: a template that is one placeholder, and the expression that names the
// same, give the same bytes.
func TestPlaceholdersAndExpressionsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := row(rapid.SampledFrom([]string{"order paid", "a\"b", "é\n"}).Draw(t, "event"), drawObject(t, 2, 6))
		e.DistinctID = []byte("anon_7")
		if e.HasUUID = rapid.Bool().Draw(t, "UUID"); !e.HasUUID && rapid.Bool().Draw(t, "text") {
			e.UUIDText = []byte(`order "7"`)
		}
		if rapid.Bool().Draw(t, "elements") {
			e.ElementsChain = []byte(`"a:text=\"\u00e9\""`)
		}
		s := newSomebody(drawPerson(t, 2, 6))
		if rapid.Bool().Draw(t, "person UUID") {
			s.person.UUID = &rawjson.UUID{1}
		}
		v := templateValues{event: e, seconds: e.Timestamp.Seconds(), person: &s.person}

		p, text := drawPlaceholder(t, e, s)
		r := renderer{people: s, named: map[string]bool{p.key: true}}
		want, okWant := r.json(&template{parts: []part{p}}, &v)
		program, err := expression.Compile(text, expression.EventScope)
		if err != nil {
			t.Fatal(err)
		}
		got, ok, err := expression.NewEvaluator(nil).JSON(nil, program, &expression.Row{
			Event: e.Name, DistinctID: []byte(s.person.DistinctID), RawDistinctID: e.DistinctID, UUID: uuidText(e),
			Timestamp: v.seconds, HasTimestamp: true, ElementsChain: e.ElementsChain, Properties: e.Properties, Members: e.Members,
			Person: inExpressions{&s.person, []byte(s.properties)},
		})
		if err != nil || ok != okWant || ok && !bytes.Equal(got, want) {
			t.Fatalf("%s gives %s, %v, %v; {%s} gives %s, %v", text, got, ok, err, p.literal, want, okWant)
		}
	})
}

// uuidText returns what a placeholder of the UUID shows, without quotes.
func uuidText(e *posthog.Event) []byte {
	if e.UUIDText == nil && e.HasUUID {
		return e.UUID.Append(nil)
	}
	return e.UUIDText
}

// drawPlaceholder draws a placeholder, and the expression that names the same.
func drawPlaceholder(t *rapid.T, e *posthog.Event, s *somebody) (part, string) {
	if rapid.Bool().Draw(t, "field") {
		known := rapid.SampledFrom(placeholders).Draw(t, "placeholder")
		return part{field: known.field, literal: known.name}, known.name
	}
	p, object, prefix := part{field: fieldEventProperty}, e.Properties, "event.properties"
	if rapid.Bool().Draw(t, "person's") {
		p.field, object, prefix = fieldPersonProperty, []byte(s.properties), "person.properties"
	}
	p.key = "missing"
	if members := rawjson.WalkMembers(nil, object); len(members) > 0 {
		if name := nameOf(object, rapid.SampledFrom(members).Draw(t, "member")); utf8.Valid(name) {
			p.key = string(name)
		}
	}
	p.literal = prefix + "." + p.key
	return p, prefix + "[" + strconv.Quote(p.key) + "]"
}
