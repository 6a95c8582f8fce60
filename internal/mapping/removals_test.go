package mapping

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ph2cio/internal/customerio"
)

// TestRemovals maps a person whom an earlier run has sent with other attributes.
func TestRemovals(t *testing.T) {
	t.Parallel()
	many := map[bool]*strings.Builder{true: {}, false: {}}
	for i := range customerio.MaxAttributes {
		fmt.Fprintf(many[i%2 == 0], `,"a%d":%d`, i, i)
	}
	for _, test := range []struct {
		name                string
		options             Options
		properties, removed string
		want                string // the attributes; empty if there is nothing to remove
	}{
		{"nothing", Options{}, `{"a":1}`, `{}`, ""},
		{"one", Options{}, `{"a":1}`, `{"b":null}`, `{"a":1,"b":null}`},
		{"all", Options{}, `{}`, `{"b":null,"c":null}`, `{"b":null,"c":null}`},
		{"one that is there under another name", Options{Dots: "_"}, `{"a_b":1}`, `{"a.b":null}`, ""},
		{"one whose value cannot be sent", Options{}, `{"created_at":"some day"}`, `{}`, ""},
		{"one of a template that yields nothing", Options{PersonAttributes: []string{"plan={person.properties.plan}"}}, `{"a":1}`, `{}`, ""},
		{"the parent of a path", Options{}, `{"address.city":"Rome"}`, `{"address":null,"addresses":null}`, `{"address.city":"Rome","addresses":null}`},
		{"a path into an object", Options{}, `{"a":{"b":{"d":1}},"e.f":1}`, `{"a.b.c":null,"b.c":null}`, `{"a":{"b":{"d":1}},"e.f":1,"b.c":null}`},
		{"a path and its parent", Options{}, `{}`, `{"a":null,"a.b":null}`, `{"a":null,"a.b":null}`},
		{"an underscore instead of a dot", Options{Dots: "_"}, `{"address.city":"Rome"}`, `{"address":null}`, `{"address_city":"Rome","address":null}`},
		{"PostHog's own", Options{PersonProperties: "all"}, `{"a":1}`, `{"$os":null}`, ""},
		{"none, since they are kept", Options{Unset: "keep"}, `{"a":1}`, `{"b":null}`, ""},
		{"what is never sent", Options{}, `{"a":1}`, `{"$os":null,"unsubscribed":null,"id":null,"email":null}`, ""},
		{"consent", Options{AllowReserved: []string{"unsubscribed"}}, `{"a":1}`, `{"unsubscribed":null}`, ""},
		{"as many as there may be", Options{}, "{" + many[true].String()[1:] + "}", "{" + many[false].String()[1:] + `,"b":null}`,
			"{" + many[true].String()[1:] + nulls(many[false].String()) + "}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.options.Now = rowTime
			test.options.Unset = cmp.Or(test.options.Unset, "remove")
			rules, err := New(test.options)
			if err != nil {
				t.Fatal(err)
			}
			who := newSomebody(test.properties)
			who.removed = test.removed
			m := rules.NewMapper(who)
			if _, o := m.Person(nil, &who.person); o.Bucket != Send {
				t.Fatal(o)
			}
			out, gone := m.Removals([]byte("before "), &who.person, RemoveNew)
			got := string(out)
			want := "before "
			if test.want != "" {
				want += `{"type":"person","action":"identify","identifiers":{"id":"user_1001"},"attributes":` + test.want + "}"
			}
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if n := strings.Count(test.want, "null"); len(gone) != 4*n {
				t.Errorf("gone are %d attributes, want %d", len(gone)/4, n)
			}
		})
	}
}

// TestRemovalsAreSentOnce maps a person on several nights, and saves each night which attributes are gone.
func TestRemovalsAreSentOnce(t *testing.T) {
	t.Parallel()
	rules, err := New(Options{Now: rowTime, Unset: "remove"})
	if err != nil {
		t.Fatal(err)
	}
	gone := ""
	for i, night := range []struct {
		properties, removed string
		what                Removing
		accepted            bool
		nulls               string // the attributes that are removed
	}{
		{`{"a":1}`, `{"b":null}`, RemoveNew, false, "b"},
		{`{"a":2}`, `{"b":null}`, RemoveNew, true, "b"},
		{`{"a":3}`, `{"b":null}`, RemoveNew, true, ""},
		{`{"a":4}`, `{"b":null,"c":null}`, RemoveNew, true, "c"},
		{`{"a":4}`, `{"b":null,"c":null}`, RemoveAll, true, "b c"},
		{`{"b":4}`, `{"a":null,"c":null}`, RemoveNew, true, "a"},
		{`{}`, `{"a":null,"b":null,"c":null}`, RemoveNew, true, "b"},
		{`{}`, `{"a":null,"b":null,"c":null}`, RemoveNew, true, ""},
	} {
		who := newSomebody(night.properties)
		who.removed, who.gone = night.removed, gone
		m := rules.NewMapper(who)
		m.Person(nil, &who.person)
		out, after := m.Removals(nil, &who.person, night.what)
		var nulls []string
		if len(out) > 0 {
			var op struct{ Attributes map[string]any }
			if err := json.Unmarshal(out, &op); err != nil {
				t.Fatal(err)
			}
			for name, value := range op.Attributes {
				if value == nil {
					nulls = append(nulls, name)
				}
			}
			slices.Sort(nulls)
		}
		if got := strings.Join(nulls, " "); got != night.nulls {
			t.Errorf("night %d removes %q, want %q", i+1, got, night.nulls)
		}
		if night.accepted {
			gone = after
		}
	}
}

// nulls replaces the values of members, which are numbers, by null.
func nulls(members string) string {
	var all strings.Builder
	for one := range strings.SplitSeq(members[1:], ",") {
		name, _, _ := strings.Cut(one, ":")
		all.WriteString("," + name + ":null")
	}
	return all.String()
}
