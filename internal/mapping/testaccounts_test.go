package mapping

import (
	"fmt"
	"strings"
	"testing"

	"ph2cio/internal/mappingfile"
	"ph2cio/internal/posthog"
)

// fileOf reads a mapping file.
func fileOf(t testing.TB, text string) *mappingfile.File {
	t.Helper()
	file, err := mappingfile.Read([]byte(text), "m.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestRowsOfTestAccounts(t *testing.T) {
	t.Parallel()
	r := newRules(t, Options{HoldRecent: true, SkipEvents: []string{"secret"}, File: fileOf(t, `
test-accounts:
  - {key: $host, operator: not_icontains, value: localhost}
  - {key: plan, operator: is_not, value: [internal, "5"]}
  - {key: $elements_chain, operator: not_regex, value: qa-button}
`)})
	for _, test := range []struct {
		name, properties, reason string
	}{
		{"signup", `{}`, ""},
		{"signup", `{"$host":"example.com","plan":"free"}`, ""},
		{"signup", `{"$host":null,"plan":null}`, ""},
		{"signup", `{"$host":"LOCALHOST:8000"}`, ReasonTestAccount},
		{"signup", `{"plan":"internal"}`, ReasonTestAccount},
		{"signup", `{"pl\u0061n":"\u0069nternal"}`, ReasonTestAccount},
		{"signup", `{"plan":5.0}`, ReasonTestAccount},
		{"signup", `{"plan":"internal","plan":"free"}`, ""}, // the last one counts
		{"$pageview", `{"plan":"internal"}`, ReasonTestAccount},
		{"secret", `{"plan":"internal"}`, ReasonFiltered},
		{"$autocapture", `{"plan":"internal"}`, ReasonNoise},
		{"$groupidentify", `{"plan":"internal"}`, ReasonGroup},
		{"$identify", `{"plan":"internal"}`, ""},
		{"$set", `{"plan":"internal"}`, ""},
	} {
		if o := classified(r, row(test.name, test.properties)); o.Reason != test.reason || (o.Bucket == Skipped) != (test.reason != "") {
			t.Errorf("%s %s: %+v", test.name, test.properties, o)
		}
	}
	e := row("signup", `{}`)
	e.ElementsChain = []byte(`"button.qa-button"`)
	if o := classified(r, e); o.Reason != ReasonTestAccount {
		t.Errorf("by the elements: %+v", o)
	}
	e = row("signup", `{"plan":"internal"}`)
	e.Timestamp = posthog.Time{State: posthog.Unreadable}
	if o := classified(r, e); o.Reason != ReasonTestAccount {
		t.Errorf("without a time: %+v", o)
	}
}

// TestRowsOfTestAccountsStillSayWhoPeopleAre lets rules change people by rows that are left out.
func TestRowsOfTestAccountsStillSayWhoPeopleAre(t *testing.T) {
	t.Parallel()
	c := newRules(t, Options{File: fileOf(t, `
test-accounts: [{key: plan, operator: is_not, value: internal}]
rules: [{events: signup, person: {tier: "{properties.plan}", at: "{event.timestamp}"}}]
`)}).NewClassifier()
	o := c.Classify(row("signup", `{"plan":"internal"}`))
	set, _ := c.PersonChanges()
	if want := `{"tier":"internal","at":1772615727}`; o.Reason != ReasonTestAccount || string(set) != want {
		t.Errorf("%+v, changes %s, want %s", o, set, want)
	}
}

// TestPropertiesOfTestAccountsAreFolded keeps what filters of people compare, though it is not sent.
func TestPropertiesOfTestAccountsAreFolded(t *testing.T) {
	t.Parallel()
	r := newRules(t, Options{File: fileOf(t, `
test-accounts:
  - {key: email, type: person, operator: not_icontains, value: "@ours.com"}
  - {key: $initial_host, type: person, operator: is_not, value: localhost}
`)})
	if f := r.PeopleFilters(); len(f) != 2 || f[0].Key != "email" || f[0].Match([]byte(`"maya@Ours.com"`)) || !f[1].Match(nil) {
		t.Errorf("%d filters: %v", len(f), f)
	}
	if !r.KeepPersonProperty([]byte("$initial_host")) || !r.KeepsDollar() || r.KeepPersonProperty([]byte("$initial_url")) {
		t.Error("the first pass does not keep $initial_host alone")
	}
	for email, want := range map[string]string{`"maya@OURS.com"`: "3 email true", `"maya@x.com"`: "0  false"} {
		line, key, failed := r.FailedFilter(func(key string) []byte { return map[string][]byte{"email": []byte(email)}[key] })
		if got := fmt.Sprint(line, " ", key, " ", failed); got != want {
			t.Errorf("%s fails %s, want %s", email, got, want)
		}
	}
	if r.Filtered() {
		t.Error("filters of people leave out no rows of people who are sent")
	}
	if got := r.PersonProperty("$initial_host"); got != "left_out" {
		t.Errorf("$initial_host is %s", got)
	}
}

func TestTestAccountsThatAreRefused(t *testing.T) {
	t.Parallel()
	_, err := New(Options{Now: runNow, File: fileOf(t, `
test-accounts:
  - {key: age, operator: between, value: [3, 2]}
  - {key: $virt_is_bot, value: "true"}
  - {key: distinct_id, type: person, operator: is_not, value: qa}
  - {key: signed_up, operator: is_date_before, value: soon}
`)})
	want := `m.yaml:3:5: between: 3 is greater than 2
m.yaml:4:5: PostHog computes $virt_is_bot when it is asked for, so an export does not have it
m.yaml:5:5: distinct_id is no property of people; --exclude-people leaves out people by their IDs
m.yaml:6:5: is_date_before: "soon" is not a date such as 2026-03-01`
	if err == nil || strings.TrimSpace(err.Error()) != want {
		t.Errorf("error\n%v\nwant\n%s", err, want)
	}
}

func BenchmarkTestAccount(b *testing.B) {
	r := newRules(b, Options{File: fileOf(b, `test-accounts: [{key: $host, operator: not_icontains, value: localhost}]`)})
	c, e := r.NewClassifier(), row("signup", `{"plan":"free","$browser":"Firefox","$host":"app.example.com","$os":"Linux","amount":5}`)
	b.ReportAllocs()
	for b.Loop() {
		c.Classify(e)
	}
}
