package mapping

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRulesWithoutValues tells which expressions and dates of rules had a value in no row, and what was meant.
func TestRulesWithoutValues(t *testing.T) {
	t.Parallel()
	r := newRules(t, Options{File: fileOf(t, `rules:
- events: order
  name: "Order {properties.kind}{properties.knid}"
  attributes:
    shipping: '{properties.nope}'
    sum: '{properties.prise * properties.qty}'
    often: '{properties.sometimes}'
    source: '{properties.utm.source}'
    who: '{person.properties.tire}'
    whole: '{properties.kind ?? properties.other}'
    none: '{nil}'
    literal: 1
    no_number: '{number(properties.kind)}'
    late: '{upper(properties["a b"])}'
  dates: [cart.items.at, 'cart.items.*.at', cart.items.7.at, '{properties.day}']
- {events: order, person: {a: '{properties.quantiy}'}, person-once: {b: '{properties.qty}'}}
- {events: order, when: properties.cupon == "x", attributes: {a: '{properties.nope}'}}
- {events: order, when: person.properties.tier > 5 && properties.Kind == "x", attributes: {a: '{properties.nope}'}}
- {events: refund, when: properties.kind, drop: true}
`)})
	classifier, mapper := r.NewClassifier(), r.NewMapper(newSomebody(`{"tier":1}`))
	for _, properties := range []string{
		`{"kind":"x","price":2,"qty":1,"utm.source":"ads","utm.medium":"m","A_B":1,"coupon":null,"cart":{"items":[{"at":"2026-03-04"}]}}`,
		`{"kind":"y","price":2,"quantity":1,"sometimes":1}`,
	} {
		classifier.Classify(row("refund", properties))
		classifier.Classify(row("order", properties))
		if _, _, o := mapper.Event(nil, row("order", properties)); o.Bucket != Send {
			t.Fatalf("%+v", o)
		}
	}
	var got []string
	for _, one := range r.RuleUses([]*Classifier{classifier}, []*Mapper{mapper}, []string{"tier"}, true) {
		got = append(got, fmt.Sprintf("%d: %d %s %d %s %s", one.Line, one.Rows, one.Unused, one.Failed, one.Missing, one.Meant))
		for _, none := range one.NoValue {
			got = append(got, fmt.Sprintf("%s %s %d: %s, %s", none.Key, none.Name, none.Line, none.Missing, none.Meant))
		}
	}
	want := []string{
		"2: 2  0  ",
		"name  3: properties.knid, properties.kind",
		"attributes shipping 5: properties.nope, ",
		"attributes sum 6: properties.prise, properties.price",
		`attributes source 8: properties.utm, properties["utm.source"]`,
		"attributes who 9: person.properties.tire, person.properties.tier",
		"attributes no_number 13: , ",
		`attributes late 14: properties["a b"], properties.A_B`,
		"dates cart.items.at 15: , cart.items.*.at",
		"dates cart.items.7.at 15: , ",
		"dates {properties.day} 15: , day",
		"16: 2  0  ",
		"person a 16: properties.quantiy, properties.quantity",
		"17: 0 condition 0 properties.cupon properties.coupon",
		"18: 0 condition 0 properties.Kind properties.kind",
		"19: 0 condition_failed 2  ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("uses (-want +got):\n%s", diff)
	}
}
