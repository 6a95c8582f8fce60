package mapping

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChangesAreCountedByName(t *testing.T) {
	t.Parallel()
	s := newSomebody(`{"plan.name":"pro","plan_name":"legacy","a.b":1,"phone":"+1","created_at":"soon","email":"x","o":["` +
		strings.Repeat("x", 1000) + `"]}`)
	m := newRules(t, Options{Dots: "_"}).NewMapper(s)
	identify(t, m, s)
	for range 3 {
		send(t, m, row("signup", `{"cart.total":1,"cart_total":2,"x.y":3,"recipient":"r","":1,"k\u0000":1,"$set":{"z":1}}`))
	}
	want := map[Change]int64{
		{Person: true, Name: "plan.name", Dropped: "same_name"}: 1,
		{Person: true, Name: "a.b", Became: "a_b"}:              1,
		{Person: true, Name: "phone", Dropped: "reserved"}:      1,
		{Person: true, Name: "created_at", Dropped: "bad_date"}: 1,
		{Person: true, Name: "email", Dropped: "bad_email"}:     1,
		{Person: true, Name: "o", Dropped: "value_too_long"}:    1,

		{Name: "cart.total", Dropped: "same_name"}: 3,
		{Name: "x.y", Became: "x_y"}:               3,
		{Name: "recipient", Dropped: "reserved"}:   3,
		{Name: "", Dropped: "name_too_long"}:       3,
		{Name: "k\x00", Became: "k"}:               3,
	}
	if diff := cmp.Diff(want, m.Changes.Count); diff != "" || m.Changes.Beyond != 0 {
		t.Errorf("changes (-want +got):\n%s%d beyond", diff, m.Changes.Beyond)
	}
}

// What is rejected changes nothing that is sent, and what is dropped because it is too large, or one too
// many, is named.
func TestChangesOfWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	large := strings.Repeat("x", 20_000)
	m := newRules(t, Options{Properties: "all"}).NewMapper(newSomebody(`{}`))
	if _, _, o := m.Event(nil, row("signup", `{"recipient":"r","a":"`+large+`","b":"`+large+`"}`)); o.Reason != ReasonTooLarge {
		t.Fatalf("%+v", o)
	}
	if len(m.Changes.Count) > 0 {
		t.Errorf("%v of a rejected event", m.Changes.Count)
	}
	send(t, m, row("signup", `{"$large":"`+large+`","b":"`+large+`"}`))
	if n := m.Changes.Count[Change{Name: "$large", Dropped: "item_too_large"}]; n != 1 || len(m.Changes.Count) != 1 {
		t.Errorf("%v", m.Changes.Count)
	}

	var b strings.Builder
	for i := range 301 {
		fmt.Fprintf(&b, `,"a%03d":%d`, i, i)
	}
	s := newSomebody("{" + b.String()[1:] + "}")
	m = newRules(t, Options{}).NewMapper(s)
	identify(t, m, s)
	if n := m.Changes.Count[Change{Person: true, Name: "a300", Dropped: "too_many_attributes"}]; n != 1 {
		t.Errorf("%v", m.Changes.Count)
	}
}

func TestChangesOfManyNamesAreCountedTogether(t *testing.T) {
	t.Parallel()
	m := newRules(t, Options{Dots: "_"}).NewMapper(newSomebody(`{}`))
	for i := range maxChanges + 7 {
		send(t, m, row("signup", fmt.Sprintf(`{"a.%d":1}`, i)))
	}
	send(t, m, row("signup", `{"a.0":1}`))
	if len(m.Changes.Count) != maxChanges || m.Changes.Beyond != 7 || m.Changes.Count[Change{Name: "a.0", Became: "a_0"}] != 2 {
		t.Errorf("%d names, %d beyond", len(m.Changes.Count), m.Changes.Beyond)
	}
}

func TestDottedAttributesOfPeopleAreCounted(t *testing.T) {
	t.Parallel()
	s := newSomebody(`{"plan.name":"pro","plan":{"name":"old"},"a.b.c":1,"a":2,"unsubscribed.x":true,"n.x":null,"list.x":1,"list":[]}`)
	m := newRules(t, Options{}).NewMapper(s)
	identify(t, m, s)
	s.properties = `{"plan.name":"pro"}`
	identify(t, m, s)
	send(t, m, row("signup", `{"cart.total":1,"cart":{}}`))
	want := map[string]DottedCount{"plan.name": {2, 1}, "a.b.c": {1, 0}, "list.x": {1, 0}}
	if diff := cmp.Diff(want, m.Dotted.Count); diff != "" || m.Dotted.Beyond != 0 {
		t.Errorf("dotted (-want +got):\n%s", diff)
	}

	m = newRules(t, Options{Dots: "_"}).NewMapper(s)
	if identify(t, m, s); len(m.Dotted.Count) != 0 {
		t.Errorf("%v are left, though dots are replaced", m.Dotted.Count)
	}
}

func TestDotsThatCannotStandInAName(t *testing.T) {
	t.Parallel()
	for _, dots := range []string{".", "a.b", "\n", "\x00", "\xff", strings.Repeat("x", 151)} {
		if _, err := New(Options{Now: runNow, Dots: dots}); err == nil || !strings.Contains(err.Error(), "--dots") {
			t.Errorf("--dots %q: %v", dots, err)
		}
	}
	for _, dots := range []string{"_", "-", " ", "::", "·", "/"} {
		if _, err := New(Options{Now: runNow, Dots: dots}); err != nil {
			t.Errorf("--dots %q: %v", dots, err)
		}
	}
}
