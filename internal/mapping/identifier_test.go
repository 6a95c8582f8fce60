package mapping

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
)

func TestIdentifier(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		options Options
		by      people.By
		value   string
		want    map[string]string // of the event
		reason  string            // the event is rejected for
	}{
		{name: "id", by: people.ByID, value: "user_1001", want: map[string]string{"id": "user_1001"}},
		{name: "email", by: people.ByEmail, value: "m@example.com", want: map[string]string{"email": "m@example.com"}},
		{name: "cio_id", by: people.ByCioID, value: "c1", want: map[string]string{"cio_id": "c1"}},
		{name: "key without a value", options: Options{IdentifierKey: customerio.Email}, by: people.ByID, value: "user_1001", want: map[string]string{"id": "user_1001"}},
		{name: "kept ID", options: Options{IdentifierValue: "{event.distinct_id}"}, by: people.ByEmail, value: "m@example.com", want: map[string]string{"id": "user_1001"}},
		{name: "number", options: Options{IdentifierValue: "{person.properties.crm}"}, want: map[string]string{"id": "77"}},
		{name: "mixed", options: Options{IdentifierValue: "crm-{person.properties.crm}", IdentifierKey: customerio.ID}, want: map[string]string{"id": "crm-77"}},
		{name: "another key", options: Options{IdentifierValue: "{person.properties.mail}", IdentifierKey: customerio.Email}, want: map[string]string{"email": "m@example.com"}},
		{name: "absent", options: Options{IdentifierValue: "{person.properties.none}"}, reason: ReasonNoIdentifier},
		{name: "absent in part", options: Options{IdentifierValue: "crm-{person.properties.none}"}, reason: ReasonNoIdentifier},
		{name: "blank", options: Options{IdentifierValue: "{person.properties.blank}"}, reason: ReasonNoIdentifier},
		{name: "not one value", options: Options{IdentifierValue: "{person.properties.list}"}, reason: ReasonNoIdentifier},
		{name: "longest", by: people.ByID, value: strings.Repeat("i", 150), want: map[string]string{"id": strings.Repeat("i", 150)}},
		{name: "too long", by: people.ByID, value: strings.Repeat("i", 151), reason: ReasonIDTooLong},
		{name: "too long by template", options: Options{IdentifierValue: "{person.properties.long}"}, reason: ReasonIDTooLong},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSomebody(`{"crm":77,"mail":"m@example.com","blank":" ","list":[1],"long":"` + strings.Repeat("i", 151) + `"}`)
			s.person.By, s.person.Value = test.by, test.value
			m := newRules(t, test.options).NewMapper(s)
			out, person, o := m.Event([]byte("before"), row("signup", `{"account":"acc"}`))
			if o.Reason != test.reason || person != &s.person {
				t.Fatalf("outcome %+v, person %v", o, person)
			}
			if test.reason != "" {
				if o.Bucket != Rejected || o.Detail == "" || string(out) != "before" {
					t.Errorf("outcome %+v, out %q", o, out)
				}
				if _, o := m.Person(nil, &s.person); o.Bucket != Rejected || o.Reason != test.reason {
					t.Errorf("the person's outcome is %+v", o)
				}
				return
			}
			if diff := cmp.Diff(test.want, decode(t, out[len("before"):]).Identifiers); diff != "" {
				t.Errorf("identifiers (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPersonCannotHaveAnEventsIdentifier holds that it is refused at once: events would go to people of whom
// none was identified.
func TestPersonCannotHaveAnEventsIdentifier(t *testing.T) {
	t.Parallel()
	for _, placeholder := range []string{"{event.event}", "{event.uuid}", "{event.timestamp}", "{event.properties.account}"} {
		_, err := New(Options{Now: runNow, IdentifierValue: "x-{person.id}-" + placeholder})
		if err == nil || !strings.Contains(err.Error(), "has no "+placeholder) || !strings.Contains(err.Error(), "use {person.properties.NAME}") {
			t.Errorf("%s: %v, want that a person has none, and what to use", placeholder, err)
		}
	}
	s := newSomebody(``)
	m := newRules(t, Options{IdentifierValue: "{event.raw_distinct_id}"}).NewMapper(s)
	if op := identify(t, m, s); op.Identifiers["id"] != "user_1001" {
		t.Errorf("identifiers %v, want the kept ID", op.Identifiers)
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	s := newSomebody(``)
	m := newRules(t, Options{}).NewMapper(s)
	got, o := m.Merge(nil, people.Merge{Person: &s.person, By: people.ByID, Value: "anon_7"})
	if want := `{"type":"person","action":"merge","primary":{"id":"user_1001"},"secondary":{"id":"anon_7"}}`; string(got) != want || o.Bucket != Send {
		t.Errorf("merge %s, %+v, want %s", got, o, want)
	}
	for anonymous, want := range map[string]Outcome{
		"":                       {Bucket: Rejected, Reason: ReasonNoIdentifier},
		"user_1001":              {Bucket: Skipped, Reason: ReasonSameProfile},
		strings.Repeat("i", 151): {Bucket: Rejected, Reason: ReasonIDTooLong},
	} {
		got, o := m.Merge([]byte("x"), people.Merge{Person: &s.person, By: people.ByID, Value: anonymous})
		if string(got) != "x" || o.Bucket != want.Bucket || o.Reason != want.Reason || (o.Detail == "") != (o.Bucket == Skipped) {
			t.Errorf("merge of %q: %s, %+v, want %+v", anonymous, got, o, want)
		}
	}
	m.Refused = map[uint32]bool{s.person.Number: true}
	if got, o := m.Merge(nil, people.Merge{Person: &s.person, By: people.ByID, Value: "anon_7"}); len(got) > 0 || o.Reason != ReasonPersonRejected {
		t.Errorf("merge into somebody refused: %s, %+v", got, o)
	}
}
