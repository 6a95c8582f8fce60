package mappingfile

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func mustRead(t testing.TB, text string) *File {
	t.Helper()
	f, err := Read([]byte(text), "m.yaml")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return f
}

const example = `settings:                  # what flags say
  page-name: title
  skip-events: [lib_*, debug]
  event-attribute: [source=posthog]
  rate: 012
  identify-timestamp: True
test-accounts:
  - {key: email, type: person, operator: not_icontains, value: "@ourcompany.com"}
  - {key: $host, value: [localhost, 127.0.0.1], operator: is_not}
rules:
  - events: signed_up
    when: properties.plan != "free" && properties.country == "DE"
    send-as: screen
    name: Signed Up {properties.plan}
    attributes: {plan: '{upper(properties.plan)}', value: '{number(properties.amount) / 100}', tier: 3, vip: true}
    person: {lead_score: '{properties.score * 2}'}
    person-once: {first_plan: '{properties.plan}'}
    dates: [cart.items.*.shipped_at, 'a\.b.c']
  - events: [lib_*, '\[x]']
    drop: true
tests:
  - name: a free signup is dropped
    rows: [{event: signed_up, distinct_id: u1, properties: {plan: free, n: 1.50, none: null}}]
    operations: []
`

func TestReadsAWholeFile(t *testing.T) {
	f := mustRead(t, example)
	var got strings.Builder
	for _, s := range f.Settings {
		fmt.Fprintf(&got, "%d:%d %s %q\n", s.At.Line, s.At.Column, s.Name, s.Values)
	}
	for _, filter := range f.TestAccounts {
		fmt.Fprintf(&got, "%d:%d %s %s %s %q\n", filter.At.Line, filter.At.Column, filter.Type, filter.Key, filter.Operator, filter.Values)
	}
	for _, r := range f.Rules {
		fmt.Fprintf(&got, "%d:%d %q drop=%v as=%q\n", r.At.Line, r.At.Column, r.Events, r.Drop, r.SendAs)
		for _, list := range [][]Attribute{r.Attributes, r.Person, r.PersonOnce} {
			for _, a := range list {
				fmt.Fprintf(&got, "  %d:%d %s %d:%d %q %q %v\n", a.At.Line, a.At.Column, a.Name, a.Value.At.Line, a.Value.At.Column, a.Value.Template.Text, a.Value.Literal, a.Value.Template.Alone() != nil)
			}
		}
		for _, d := range r.Dates {
			fmt.Fprintf(&got, "  %d:%d %q\n", d.At.Line, d.At.Column, d.Parts)
		}
	}
	for _, one := range f.Tests {
		fmt.Fprintf(&got, "%d:%d %s %s %s\n", one.At.Line, one.At.Column, one.Name, one.Rows, one.Operations)
	}
	want := `2:3 page-name ["title"]
3:3 skip-events ["lib_*" "debug"]
4:3 event-attribute ["source=posthog"]
5:3 rate ["012"]
6:3 identify-timestamp ["true"]
8:5 person email not_icontains ["@ourcompany.com"]
9:5 event $host is_not ["localhost" "127.0.0.1"]
11:5 ["signed_up"] drop=false as="screen"
  15:18 plan 15:24 "{upper(properties.plan)}" "" true
  15:52 value 15:59 "{number(properties.amount) / 100}" "" true
  15:96 tier 15:102 "" "3" false
  15:105 vip 15:110 "" "true" false
  16:14 lead_score 16:26 "{properties.score * 2}" "" true
  17:19 first_plan 17:31 "{properties.plan}" "" true
  18:13 ["cart" "items" "*" "shipped_at"]
  18:38 ["a\\.b" "c"]
19:5 ["lib_*" "\\[x]"] drop=true as=""
22:5 a free signup is dropped [{"event":"signed_up","distinct_id":"u1","properties":{"plan":"free","n":1.50,"none":null}}] []
`
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
	if name := f.Rules[0].Name; len(name.Parts) != 2 || name.Parts[0].Literal != "Signed Up " || name.Parts[1].Expression.String() != "properties.plan" || name.Parts[1].At != (Position{14, 22}) {
		t.Errorf("name is %+v", name)
	}
	if one := f.Rules[0]; one.WhenAt != (Position{12, 11}) || one.NameAt != (Position{14, 11}) {
		t.Errorf("when is at %v, name at %v", one.WhenAt, one.NameAt)
	}
	if f.Rules[0].When == nil || f.Rules[1].When != nil {
		t.Error("the first rule has a condition, the second none")
	}
}

// errorsOf returns the lines of all errors of a file.
func errorsOf(text string) string {
	_, err := Read([]byte(text), "m.yaml")
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestErrorsHaveTheirType(t *testing.T) {
	_, err := Read([]byte("rule:\n"), "m.yaml")
	var of *Error
	if !errors.As(err, &of) || of.Line != 1 || of.Column != 1 || of.File != "m.yaml" || of.Hint != "did you mean rules?" {
		t.Errorf("%#v", err)
	}
}
