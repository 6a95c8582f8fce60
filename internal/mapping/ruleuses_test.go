package mapping

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRuleUses counts rows by the rules that acted on them, and says why others have none.
func TestRuleUses(t *testing.T) {
	t.Parallel()
	r := newRules(t, Options{SkipEvents: []string{"hidden"}, File: fileOf(t, `rules:
- {events: [signup, "order *"], when: properties.plan == "free", attributes: {a: 1}}
- {events: signup, when: person.properties.n == 1, attributes: {b: 1}}
- {events: signup, when: person.properties.n == 2, attributes: {b: 1}}
- {events: hidden, attributes: {a: 1}}
- {events: [sign_Up, other], attributes: {a: 1}}
- {events: nothing, attributes: {a: 1}}
- {events: order paid, drop: true}
- {events: "order p*", attributes: {a: 1}}
- {events: order late, attributes: {a: 1}}
- {events: $identify, person: {a: 1}}
test-accounts: [{key: late, operator: is_not_set}]
`)})
	classifiers := []*Classifier{r.NewClassifier(), r.NewClassifier()}
	mapper := r.NewMapper(newSomebody(`{"n":1}`))
	for i, e := range []struct{ name, properties string }{
		{"signup", `{"plan":"free"}`}, {"signup", `{"plan":"pro"}`}, {"order paid", `{"plan":"free"}`}, {"order paid", `{}`},
		{"hidden", `{}`}, {"order late", `{"late":1}`}, {"$identify", `{}`},
	} {
		row := row(e.name, e.properties)
		if c := classifiers[i%2]; c.Classify(row).Bucket == Send {
			mapper.Event(nil, row)
		}
	}
	var got []string
	for _, one := range r.RuleUses(classifiers, []*Mapper{mapper}, []string{"tier"}, true) {
		got = append(got, fmt.Sprintf("%d %q %d %s %s", one.Line, one.Events, one.Rows, one.Unused, one.Meant))
	}
	want := []string{
		`2 ["signup" "order *"] 2  `,
		`3 ["signup"] 2  `,
		`4 ["signup"] 0 condition `,
		`5 ["hidden"] 0 left_out `,
		`6 ["sign_Up" "other"] 0 no_such_event signup`,
		`7 ["nothing"] 0 no_such_event `,
		`8 ["order paid"] 2  `,
		`9 ["order p*"] 0 dropped `,
		`10 ["order late"] 0 left_out `,
		`11 ["$identify"] 1  `,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("uses (-want +got):\n%s", diff)
	}
	if early := r.EarlyRuleUses(classifiers); len(early) != 8 || early[1].Line != 5 {
		t.Errorf("before anything is mapped: %+v", early)
	}
	if none := newRules(t, Options{}).RuleUses(nil, nil, nil, true); len(none) > 0 {
		t.Errorf("without a file: %v", none)
	}
}

// TestRuleUsesOfWhatIsBuilt counts the rows that a rule sends, and the pages that it makes without a name.
func TestRuleUsesOfWhatIsBuilt(t *testing.T) {
	t.Parallel()
	r := newRules(t, Options{File: fileOf(t, `rules:
- {events: order, attributes: {a: '{properties.amount * 2}'}}
- {events: [opened, $pageview], send-as: page}
- {events: named, send-as: screen, name: N}
- {events: $pageview, when: properties.as_event, send-as: event}
- {events: order, person: {a: 1}}
`)})
	classifier, mapper := r.NewClassifier(), r.NewMapper(newSomebody(`{}`))
	for _, e := range []struct{ name, properties string }{
		{"order", `{"amount":"x"}`}, {"order", `{"amount":1}`}, {"opened", `{}`}, {"$pageview", `{}`}, {"named", `{}`}, {"$pageview", `{"as_event":true}`},
	} {
		classifier.Classify(row(e.name, e.properties))
		mapper.Event(nil, row(e.name, e.properties))
	}
	var got []string
	for _, one := range r.RuleUses([]*Classifier{classifier}, []*Mapper{mapper}, []string{"tier"}, true) {
		text := fmt.Sprintf("%d rows", one.Rows)
		if one.Built != nil {
			text += fmt.Sprintf(", %d built, %d unnamed", *one.Built, one.Unnamed)
		}
		got = append(got, text)
	}
	want := []string{"2 rows, 1 built, 0 unnamed", "3 rows, 3 built, 1 unnamed", "1 rows, 1 built, 0 unnamed", "1 rows, 1 built, 0 unnamed", "2 rows"}
	if diff := cmp.Diff(want, got); diff != "" || mapper.ValuesCut[MadeUpNames] != 2 {
		t.Errorf("uses (-want +got):\n%s\n%d without a name", diff, mapper.ValuesCut[MadeUpNames])
	}
}

// TestRuleUsesWithManyNames says nothing of names that it may have forgotten.
func TestRuleUsesWithManyNames(t *testing.T) {
	t.Parallel()
	r := newRules(t, Options{File: fileOf(t, `rules: [{events: signup, drop: true}]`)})
	c := r.NewClassifier()
	if got := r.RuleUses([]*Classifier{c}, nil, nil, true)[0].Unused; got != UnusedName {
		t.Errorf("without a row: %q", got)
	}
	for i := range maxNames + 1 {
		c.Classify(row(fmt.Sprintf("event %d", i), `{}`))
	}
	if got := r.RuleUses([]*Classifier{c}, nil, nil, true)[0].Unused; got != "" {
		t.Errorf("with more names than are remembered: %q", got)
	}
}

// TestRuleUsesWithLongNames says nothing of names that are too long to remember.
func TestRuleUsesWithLongNames(t *testing.T) {
	t.Parallel()
	r := newRules(t, Options{File: fileOf(t, "rules:\n- {events: long *, drop: true}\n- {events: long *, attributes: {a: 1}}")})
	c := r.NewClassifier()
	c.Classify(row("long "+strings.Repeat("x", maxNameLength), `{}`))
	if got := r.RuleUses([]*Classifier{c}, nil, nil, true)[1]; got.Unused != "" {
		t.Errorf("with a long name: %+v", got)
	}
}

// TestRuleUsesOfAPart says nothing of what rows that were not mapped may have.
func TestRuleUsesOfAPart(t *testing.T) {
	t.Parallel()
	r := newRules(t, Options{File: fileOf(t, `rules:
- {events: order, when: person.properties.n == 1, attributes: {a: 1}}
- {events: order, attributes: {c: '{properties.coupon}'}, dates: [at]}
- {events: order, when: properties.x, person: {x: '{properties.y}'}}
`)})
	classifier, mapper := r.NewClassifier(), r.NewMapper(newSomebody(`{}`))
	classifier.Classify(row("order", `{"coupon":"x","at":"2026-03-01"}`)) // sent by an earlier run
	classifier.Classify(row("order", `{}`))
	for rows, want := range [][]string{{UnusedUnknown, "", UnusedCondition}, {UnusedUnknown, "", UnusedCondition}} {
		var got []string
		for _, one := range r.RuleUses([]*Classifier{classifier}, []*Mapper{mapper}, nil, false) {
			if got = append(got, one.Unused); len(one.NoValue) > 0 {
				t.Errorf("%d rows left: line %d: %+v", rows, one.Line, one.NoValue)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d rows left (-want +got):\n%s", rows, diff)
		}
		mapper.Event(nil, row("order", `{}`))
	}
}

// TestRuleUsesOfRowsNotMapped takes rows that are held, and such that a rule leaves out which looks at the person,
// for no sign of what a later rule does.
func TestRuleUsesOfRowsNotMapped(t *testing.T) {
	t.Parallel()
	r := newRules(t, Options{SkipEvents: []string{"hidden"}, File: fileOf(t, `rules:
- {events: held, when: person.properties.n == 1, attributes: {a: 1}}
- {events: order, when: person.properties.n == 1, drop: true}
- {events: order, when: person.properties.n == 1, attributes: {a: 1}}
- {events: hidden, when: person.properties.n == 1, attributes: {a: 1}}
`)})
	classifier, mapper := r.NewClassifier(), r.NewMapper(newSomebody(`{"n":1}`))
	for _, name := range []string{"held", "order", "hidden"} {
		classifier.Classify(row(name, `{}`))
	}
	mapper.Event(nil, row("order", `{}`))
	var got []string
	for _, one := range r.RuleUses([]*Classifier{classifier}, []*Mapper{mapper}, nil, true) {
		got = append(got, fmt.Sprintf("%d %s", one.Rows, one.Unused))
	}
	want := []string{"0 unknown", "1 ", "0 unknown", "0 left_out"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("uses (-want +got):\n%s", diff)
	}
}
