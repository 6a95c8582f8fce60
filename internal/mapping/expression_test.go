package mapping

import (
	"bytes"
	"regexp"
	"strconv"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"ph2cio/internal/posthog"
	"ph2cio/internal/rawjson"
)

// TestPlaceholdersShowWhatARowHas: a template that is one placeholder gives the bytes that the row or its
// person has, however the placeholder is written.
func TestPlaceholdersShowWhatARowHas(t *testing.T) {
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
		text, want := drawPlaceholder(t, e, s)
		parsed, err := parseTemplate("{" + text + "}")
		if err != nil {
			t.Fatal(err)
		}
		r := newRules(t, Options{EventAttributes: []string{"x={" + text + "}"}})
		m := r.NewMapper(s)
		m.values.begin(e, e.Timestamp)
		m.values.of(&s.person)
		got, ok, err := m.values.json(&parsed.Template)
		if err != nil || ok != (want != nil) || ok && !bytes.Equal(got, want) {
			t.Fatalf("{%s} gives %s, %v, %v, not %s", text, got, ok, err, want)
		}
	})
}

// drawPlaceholder draws a placeholder, and what it shows; nil for nothing.
func drawPlaceholder(t *rapid.T, e *posthog.Event, s *somebody) (text string, want []byte) {
	uuid := func(id *rawjson.UUID) []byte {
		if id == nil {
			return nil
		}
		return append(id.Append([]byte{'"'}), '"')
	}
	switch text = rapid.SampledFrom([]string{
		"event.event", "event.distinct_id", "event.raw_distinct_id", "event.uuid", "event.timestamp", "event.elements_chain", "person.id", "event", "person",
	}).Draw(t, "placeholder"); text {
	case "event.event":
		return text, rawjson.AppendString(nil, e.Name)
	case "event.distinct_id":
		return text, rawjson.AppendString(nil, s.person.DistinctID)
	case "event.raw_distinct_id":
		return text, rawjson.AppendString(nil, e.DistinctID)
	case "event.uuid":
		if e.UUIDText != nil {
			return text, rawjson.AppendString(nil, e.UUIDText)
		} else if e.HasUUID {
			return text, uuid(&e.UUID)
		}
		return text, nil
	case "event.timestamp":
		return text, strconv.AppendInt(nil, e.Timestamp.Seconds(), 10)
	case "event.elements_chain":
		return text, e.ElementsChain
	case "person.id":
		return text, uuid(s.person.UUID)
	}
	object := e.Properties
	if text == "person" {
		object = []byte(s.properties)
	}
	members := rawjson.WalkMembers(nil, object)
	name := "missing"
	if len(members) > 0 {
		if drawn := nameOf(object, rapid.SampledFrom(members).Draw(t, "member")); utf8.Valid(drawn) {
			name = string(drawn)
		}
	}
	for _, m := range members {
		if string(nameOf(object, m)) == name {
			want = object[m.ValueStart:m.ValueEnd]
		}
	}
	if rawjson.IsNull(want) {
		want = nil
	}
	if plainName.MatchString(name) && rapid.Bool().Draw(t, "dot") {
		return text + ".properties." + name, want
	}
	return text + ".properties[" + strconv.Quote(name) + "]", want
}

// plainName matches names that can stand behind a dot.
var plainName = regexp.MustCompile(`^[\p{L}\p{N}_$./:-]+$`)
