package mapping

import (
	"strings"
	"testing"

	"ph2cio/internal/rawjson"
)

func TestEventAttributeTemplates(t *testing.T) {
	t.Parallel()
	properties := `{"plan":"pro","seats":12,"rate":1.50,"ok":true,"none":null,"list":[1, "a"],"quote":"\u00e9\"","a.b":"dotted","auth":{"token":"t"},"plan":"team","$browser":"Chrome"}`
	for _, test := range []struct{ template, want string }{
		{"x=posthog", `"posthog"`},
		{"x=", `""`},
		{"x=5", `"5"`},
		{"x=a=b", `"a=b"`},
		{"x={{literal}}", `"{literal}"`},
		{"x={event.event}", `"order completed"`},
		{"x={event.distinct_id}", `"user_1001"`},
		{"x={event.raw_distinct_id}", `"anon_7"`},
		{"x={event.uuid}", `"019cb821-7813-7a8c-b949-91dab9baa159"`},
		{"x={event.timestamp}", `1772615727`},
		{"x={person.id}", `"0195602e-7a11-7c3e-9d55-3f2b61c0aa01"`},
		{"x={event.properties.seats}", `12`},
		{"x={ event.properties.seats }", `12`},
		{"x={event.properties.rate}", `1.50`},
		{"x={event.properties.ok}", `true`},
		{"x={event.properties.list}", `[1, "a"]`},
		{"x={event.properties.plan}", `"team"`}, // the last of two
		{"x={event.properties.quote}", `"\u00e9\""`},
		{"x={event.properties.a.b}", `"dotted"`},
		{"x={event.properties.$browser}", `"Chrome"`},
		{"x={person.properties.tier}", `3`},
		{"x={person.properties.$os}", `"iOS"`},
		{"x={event.properties.none}", ``},
		{"x={event.properties.absent}", ``},
		{"x={person.properties.absent}", ``},
		{"x=<{event.properties.absent}{event.properties.none}>", `"<>"`},
		{"x={event.properties.seats}{event.properties.ok}", `"12true"`},
		{"x={event.properties.quote} {event.properties.list}", `"é\" [1, \"a\"]"`},
		{"x=of {event.properties.auth}", `"of {\"token\":\"redacted\"}"`},
		{"x={event.event}/{person.properties.tier}/{event.timestamp}", `"order completed/3/1772615727"`},
		{"x={upper(properties.plan)} {properties.seats * 2}", `"TEAM 24"`},
		{"x={properties.rate ?? 1}", `1.50`},
		{"x={any(properties.list, {# == \"a\"})}", `true`},
		{"x={person.properties.tier + event.properties.seats}", `15`},
		{"x=https://a.example/?token={event.properties.plan}", `"https://a.example/?token=redacted"`},
	} {
		s := newSomebody(`{"tier":3,"$os":"iOS","other":"x"}`)
		s.person.UUID = &rawjson.UUID{0x01, 0x95, 0x60, 0x2e, 0x7a, 0x11, 0x7c, 0x3e, 0x9d, 0x55, 0x3f, 0x2b, 0x61, 0xc0, 0xaa, 0x01}
		m := newRules(t, Options{EventAttributes: []string{test.template}, DropProperties: []string{"*"}}).NewMapper(s)
		e := row("order completed", properties)
		e.DistinctID = []byte("anon_7")
		got := string(send(t, m, e).Attributes)
		want := ``
		if test.want != "" {
			want = `{"x":` + test.want + `}`
		}
		if got != want {
			t.Errorf("--event-attribute %s: %s, want %s", test.template, got, want)
		}
	}
}

func TestTemplateOfAUUIDThatIsText(t *testing.T) {
	t.Parallel()
	m := newRules(t, Options{EventAttributes: []string{"x={event.uuid}"}}).NewMapper(newSomebody(""))
	e := row("order completed", `{}`)
	e.HasUUID, e.UUIDText = false, []byte(`order "7"`)
	if got, want := string(send(t, m, e).Attributes), `{"x":"order \"7\""}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestTemplatesWithoutAValue: an expression that fails rejects the row, or the person.
func TestTemplatesWithoutAValue(t *testing.T) {
	t.Parallel()
	s := newSomebody(`{"name":"private"}`)
	for _, test := range []struct {
		options Options
		want    string
	}{
		{Options{EventAttributes: []string{"x={properties.n * 2}"}}, "--event-attribute x: {properties.n * 2}: "},
		{Options{PersonAttributes: []string{"x={person.properties.name * 2}"}}, "--person-attribute x: {person.properties.name * 2}: "},
		{Options{IdentifierValue: "{person.properties.name * 2}"}, "--identifier-value: {person.properties.name * 2}: "},
	} {
		m := newRules(t, test.options).NewMapper(s)
		out, _, o := m.Event([]byte("before"), row("signup", `{"n":"private"}`))
		if test.options.PersonAttributes != nil {
			out, o = m.Person([]byte("before"), &s.person)
		}
		if o.Reason != ReasonExpression || o.Bucket != Rejected || string(out) != "before" || !strings.HasPrefix(o.Detail, test.want) || strings.Contains(o.Detail, "private") {
			t.Errorf("%+v: %+v, %q", test.options, o, out)
		}
	}
}

func TestTemplateReplacesTheProperty(t *testing.T) {
	t.Parallel()
	m := newRules(t, Options{EventAttributes: []string{"plan={event.properties.tier}", "a.b=1"}, Dots: "_"}).NewMapper(newSomebody(``))
	got := string(send(t, m, row("signup", `{"plan":"pro","a_b":2,"c":3}`)).Attributes)
	if want := `{"c":3,"a_b":"1"}`; got != want {
		t.Errorf("attributes %s, want %s", got, want)
	}
}

func TestPersonPropertiesAreReadOnce(t *testing.T) {
	t.Parallel()
	s := newSomebody(`{"tier":3}`)
	m := newRules(t, Options{EventAttributes: []string{"a={person.properties.tier}", "b={person.properties.tier}"}}).NewMapper(s)
	for range 10 {
		send(t, m, row("signup", `{}`))
	}
	if s.reads != 1 {
		t.Errorf("attributes read %d times for 10 events of one person", s.reads)
	}
	s.reads = 0
	m = newRules(t, Options{}).NewMapper(s)
	if send(t, m, row("signup", `{}`)); s.reads != 0 {
		t.Errorf("attributes read %d times though no template asks for them", s.reads)
	}
}

func TestTemplateErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		options Options
		want    string // in the message
	}{
		{Options{EventAttributes: []string{"plan"}}, "name=template"},
		{Options{EventAttributes: []string{" =x"}}, "no name"},
		{Options{EventAttributes: []string{"a=1", "a=2"}}, "sets a twice"},
		{Options{EventAttributes: []string{"a.b=1", "a_b=2"}, Dots: "_"}, "sets a_b twice"},
		{Options{EventAttributes: []string{"a={event.evnt}"}}, "there is no event.evnt (did you mean event.event?)"},
		{Options{EventAttributes: []string{"a={distinct_id}"}}, "did you mean event.distinct_id?"},
		{Options{EventAttributes: []string{"a={person.email}"}}, "did you mean person.properties.email?"},
		{Options{EventAttributes: []string{"a={event.plan}"}}, "did you mean event.properties.plan?"},
		{Options{EventAttributes: []string{"a={event.propertes.plan}"}}, "did you mean event.properties?"},
		{Options{EventAttributes: []string{"a={person.properties.}"}}, "a={person.properties.}: "},
		{Options{EventAttributes: []string{"a={whatever}"}}, "did you mean properties.whatever"},
		{Options{EventAttributes: []string{"a={}"}}, "there is nothing in the braces"},
		{Options{EventAttributes: []string{"a={event.event"}}, "the { has no } that closes it"},
		{Options{EventAttributes: []string{"a=}"}}, "the } has no { before it"},
		{Options{EventAttributes: []string{"recipient=x"}}, "recipient is a reserved name; to send it, add --allow-reserved"},
		{Options{EventAttributes: []string{strings.Repeat("n", 151) + "=x"}}, "longer than 150 bytes"},
		{Options{PersonAttributes: []string{"unsubscribed=true"}}, "unsubscribed is a reserved name; to send it, add --allow-reserved"},
		{Options{PersonAttributes: []string{"a={event.properties.x}"}}, "a person has no {event.properties.x}"},
		{Options{PersonAttributes: []string{"a={event.elements_chain}"}}, "a person has no {event.elements_chain}"},
		{Options{PersonAttributes: []string{"a={event.event}"}}, "a person has no {event.event}"},
		{Options{PersonAttributes: []string{"a={event.uuid} {event.timestamp}"}}, "a person has no {event.uuid}"},
		{Options{IdentifierValue: "{event.id}"}, "--identifier-value: {event.id}: there is no event.id (did you mean event.uuid?)"},
		{Options{IdentifierValue: "everybody"}, "the same person"},
		{Options{IdentifierValue: "{1 + 1}"}, "the same person"},
		{Options{IdentifierValue: "{properties.x}"}, "a person has no {properties.x}"},
		{Options{IdentifierValue: "{event.distinct_id}", IdentifierKey: "name"}, "id, email, phone or cio_id"},

		{Options{PageName: "url-no-qry"}, "--page-name takes url, url-no-query, path, title or event"},
		{Options{Properties: "none"}, "--properties takes custom or all"},
		{Options{PersonProperties: "none"}, "--person-properties takes custom or all"},
		{Options{EventValueLimit: -1}, "--event-value-limit"},
		{Options{Events: []string{"[a"}}, "--events"},
		{Options{SkipEvents: []string{"[a"}}, "--skip-events"},
		{Options{DropProperties: []string{"[a"}}, "--drop-property"},
		{Options{DateAttributes: []string{"[a"}}, "--date-attributes"},
		{Options{AllowReserved: []string{"unsubscibed"}}, "--allow-reserved \"unsubscibed\" is not a reserved name"},
	} {
		test.options.Now = runNow
		_, err := New(test.options)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: error %v, want one with %q", test.options, err, test.want)
		}
	}
	if _, err := New(Options{}); err == nil {
		t.Error("rules without a now")
	}
}

func FuzzTemplate(f *testing.F) {
	for _, seed := range []string{"", "a", "{event.event}", "{{x}}", "{", "}", "{event.properties.{x}}", "a{person.id}b}}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := parseTemplate(text)
		if err != nil {
			return
		}
		// Written out again, with literal braces doubled, it is the same template.
		var again strings.Builder
		for _, p := range parsed.Parts {
			if p.Expression == nil {
				again.WriteString(strings.NewReplacer("{", "{{", "}", "}}").Replace(p.Literal))
			} else {
				again.WriteString("{" + p.Text + "}")
			}
		}
		if again.String() != text {
			t.Errorf("%q comes back as %q", text, again.String())
		}
	})
}
