package mappingfile

import (
	"errors"
	"fmt"
	"testing"

	"ph2cio/internal/expression"
)

// inParts writes the parts of a template so that they can be compared.
func inParts(t Template) (text string) {
	for _, p := range t.Parts {
		if p.Expression != nil {
			text += "<" + p.Expression.String() + ">"
		} else {
			text += p.Literal
		}
	}
	return text
}

func TestTemplates(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"plain", "plain"},
		{"{{x}} }}{{", "{x} }{"},
		{"{event.event}", "<event.event>"},
		{"{ event.uuid } {event.timestamp}", "< event.uuid > <event.timestamp>"},
		{"a {properties.plan}b", "a <properties.plan>b"},
		{`{"}" + properties.a + '{'}`, `<"}" + properties.a + '{'>`},
		{"{`}` + properties.a}", "<`}` + properties.a>"},
		{`{"\"}"}`, `<"\"}">`},
		{"{any(properties.items, {.a == 1})}", "<any(properties.items, {.a == 1})>"},
		{`{{"a": 1}}`, `{"a": 1}`},
		{`{ {"a": {"b": 1}}}x`, `< {"a": {"b": 1}}>x`},
		{"{properties.a /* } */ + 1}", "<properties.a /* } */ + 1>"},
		{"{properties.a // }\n + 1}", "<properties.a // }\n + 1>"},
		{"{event.properties.utm-source}", `<event.properties["utm-source"]>`},
		{"{event.properties.a-1}", `<event.properties["a-1"]>`},
		{"{event.properties.a - 1}", "<event.properties.a - 1>"},
		{"{event.properties.Plan Name}", `<event.properties["Plan Name"]>`},
		{"{person.properties.Größe}", `<person.properties["Größe"]>`},
		{"{person.properties.http://x}", `<person.properties["http://x"]>`},
		{"{event.properties.$set.a:b}", `<event.properties["$set.a:b"]>`},
		{"{event.properties.total - fee}", `<event.properties["total - fee"]>`},
		{"{event.properties.a or b}", `<event.properties["a or b"]>`},
		{"{event.properties.a == nil ? 1 : 2}", "<event.properties.a == nil ? 1 : 2>"},
	} {
		got, err := ParseTemplate(c.text, expression.EventScope)
		if err != nil || inParts(got) != c.want || got.Text != c.text {
			t.Errorf("%s is %s, not %s (%v)", c.text, inParts(got), c.want, err)
		}
	}
}

func TestTemplateErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a {b", "2 the { has no } that closes it (a brace of the text is written {{)"},
		{"a } b", "2 the } has no { before it (a brace of the text is written }})"},
		{"é{ }", "3 there is nothing in the braces (braces of the text are written {{ and }})"},
		{"é{'é' + uper(properties.a)}", "10 there is no function uper (did you mean upper?)"},
		{"{properties.a\n + uper(1)}", "17 there is no function uper (did you mean upper?)"},
		{"{event.properties.a\t+ uper(1)}", "22 there is no function uper (did you mean upper?)"},
		{`{"a}`, `1 the " has no other one that closes it`},
	} {
		_, err := ParseTemplate(c.text, expression.EventScope)
		var of *TemplateError
		if !errors.As(err, &of) || fmt.Sprintf("%d %v", of.Offset, of) != c.want {
			t.Errorf("%s: %d %v, not %s", c.text, of.Offset, err, c.want)
		}
	}
	if _, err := ParseTemplate("{event.properties.a-b}", expression.PersonScope); err == nil {
		t.Error("a person has no event")
	}
}

func TestOneExpressionKeepsItsType(t *testing.T) {
	for text, want := range map[string]bool{"{properties.a}": true, "a": false, "": false, " {properties.a}": false, "{properties.a}{properties.b}": false} {
		if got, err := ParseTemplate(text, expression.EventScope); err != nil || (got.Alone() != nil) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzTemplate: no text makes parsing panic, errors lie within it, and what Read takes others take alike.
func FuzzTemplate(f *testing.F) {
	for _, text := range []string{"a {properties.b} {{c}}", "{event.properties.a - 1}", "{ {'a': \"}\"} }", "{`}`", "{a /* } */", "{person.properties.Plan Name}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, scope := range []expression.Scope{expression.EventScope, expression.PersonScope} {
			loose, err := ParseTemplate(text, scope)
			strict, errStrict := parseTemplate(text, scope, true)
			var of *TemplateError
			if err != nil && (!errors.As(err, &of) || of.Offset < 0 || of.Offset > len(text) || of.Text == "") {
				t.Fatalf("%q: %#v", text, err)
			}
			if errStrict == nil && (err != nil || inParts(loose) != inParts(strict)) {
				t.Fatalf("%q: %v", text, err)
			}
		}
	})
}
