package mappingfile

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// withoutTests returns a file as JSON without its tests, which YAML leaves out.
func withoutTests(f *File) []byte {
	short := *f
	short.Tests = nil
	return short.JSON()
}

func TestYAMLMeansTheSame(t *testing.T) {
	for _, text := range []string{
		example, "", "settings: {a: [], b: '', c: '1', d: ['x, y', ' z', \"it's\", 'true', \"\\x7f\\u0085\\n\"]}",
		"rules: [{events: ['[a]', '!x', '- y', 'true', 'a: b', 'a #b', \"it's\", '*', '{a}', 'a ', '1'], drop: true}]",
		"settings: {events: ['" + strings.Repeat("x, ", 30) + "', '- y', 'a: b', '1', 'a b', '']}",
		"test-accounts: [{key: 'a: b', type: event, operator: exact, value: ['" + strings.Repeat("x ", 40) + "', '1', 'true', 'null']}]",
		"rules: [{events: ['" + strings.Repeat("x ", 40) + "', '[a]', 'true', '*', '- x'], dates: [a, b, 'c.*', " + strings.Repeat("d", 70) + "]}]",
		"rules: [{events: 'null', name: '{properties.a}', attributes: {'a: b': 'x', '1': 2.50, 'true': true, 'a=b': 1}}]",
	} {
		f, err := Read([]byte(text), "m.yaml")
		if err != nil {
			t.Fatal(err)
		}
		again, err := Read([]byte(f.YAML(map[string]string{"a": "a\nb"})), "again.yaml")
		if err != nil {
			t.Errorf("%v\n%s", err, f.YAML(nil))
			continue
		}
		if want, got := withoutTests(f), again.JSON(); !bytes.Equal(want, got) {
			t.Errorf("want -, got +:\n%s\n%s", cmp.Diff(string(want), string(got)), f.YAML(nil))
		}
	}
}

func TestYAMLIsForPeople(t *testing.T) {
	f := mustRead(t, `settings: {page-name: title, events: [Signed Up, 'Order *']}
test-accounts: [{key: email, type: person, operator: not_icontains, value: "@ourcompany.com"}]
rules:
  - events: signed_up
    when: properties.plan != "free"
    name: Signed Up {properties.plan}
    attributes: {plan: "{upper(properties.plan)}", tier: 3, note: "it's"}
    dates: [a, 'b.*']
`)
	want := strings.ReplaceAll(`settings:
  page-name: title  # --page-name
  events: [Signed Up, Order *]
test-accounts:
  - {key: email, type: person, operator: not_icontains, value: ['@ourcompany.com']}  # FILE:2
rules:
  - events: signed_up  # FILE:4
    when: properties.plan != "free"
    name: Signed Up {properties.plan}
    attributes:
      plan: '{upper(properties.plan)}'
      tier: 3
      note: it's
    dates: [a, b.*]
`, "FILE", f.Name)
	f.Settings[1].Values = append(f.Settings[1].Values, "Subscription Renewed", "Payment Failed", "Invoice Paid")
	f.TestAccounts[0].Values = append(f.TestAccounts[0].Values, "@ourcompany.example")
	want = strings.Replace(want, "  events: [Signed Up, Order *]\n", `  events:
    - Signed Up
    - Order *
    - Subscription Renewed
    - Payment Failed
    - Invoice Paid
`, 1)
	want = strings.Replace(want, "  - {key: email, type: person, operator: not_icontains, value: ['@ourcompany.com']}  # "+f.Name+":2\n", `  - key: email  # `+f.Name+`:2
    type: person
    operator: not_icontains
    value: ['@ourcompany.com', '@ourcompany.example']
`, 1)
	if got := f.YAML(map[string]string{"page-name": "--page-name"}); got != want {
		t.Error(cmp.Diff(want, got))
	}
}
