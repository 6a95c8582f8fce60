package mapping

import (
	"strings"
	"testing"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/posthog"
)

// TestContentTellsVersionsApart holds what makes two rows of one event different versions of it, and what
// does not.
func TestContentTellsVersionsApart(t *testing.T) {
	t.Parallel()
	const base = `{"total":49.90,"name":"caf\u00e9","items":[{"sku":"A","qty":1}],"$current_url":"https://a.example/","$browser":"Chrome"}`
	content := func(e *posthog.Event) uint32 {
		var ids EventIDs
		return ids.Content(e)
	}
	want := content(row("order", base))
	for name, properties := range map[string]string{
		"another order":               `{"$browser":"Chrome","items":[{"qty":1,"sku":"A"}],"$current_url":"https://a.example/","name":"caf\u00e9","total":49.90}`,
		"spaces":                      "{ \"total\" : 49.90 , \"name\":\t\"caf\\u00e9\",\"items\":[ {\"sku\":\"A\",\"qty\":1}],\"$current_url\":\"https://a.example/\"}",
		"escapes":                     `{"\u0074otal":49.90,"name":"caf\u00E9","items":[{"sku":"\u0041","qty":1}],"$current_url":"https:\/\/a.example\/"}`,
		"what is not sent by default": strings.Replace(base, `"Chrome"`, `"Firefox","$sent_at":"2026-03-04T09:15:30Z"`, 1),
	} {
		if got := content(row("order", properties)); got != want {
			t.Errorf("%s: another version", name)
		}
	}
	later := row("order", base)
	later.Timestamp.Micros++
	later.CreatedAt.Micros += 1_000_000_000
	later.PersonProperties = []byte(`{"plan":"pro"}`)
	if content(later) != want {
		t.Error("another version for a part of a second, for created_at, or for its person")
	}
	for name, properties := range map[string]string{
		"a value":         strings.Replace(base, "49.90", "129.5", 1),
		"a nested value":  strings.Replace(base, `"qty":1`, `"qty":2`, 1),
		"a missing value": strings.Replace(base, `"total":49.90,`, "", 1),
		"one more":        strings.Replace(base, `{`, `{"n":null,`, 1),
		"another key":     strings.Replace(base, `"total"`, `"Total"`, 1),
		"another page":    strings.Replace(base, "a.example", "b.example", 1),
	} {
		if content(row("order", properties)) == want {
			t.Errorf("%s: the same version", name)
		}
	}
	later.Timestamp.Micros += 1_000_000
	if content(later) == want {
		t.Error("a second later: the same version")
	}
}

// TestSizer compares what it says of rows around the limit with what becomes of them for a short and for a
// long identifier.
func TestSizer(t *testing.T) {
	t.Parallel()
	rules := newRules(t, Options{})
	sizer := rules.NewSizer()
	fitsFor := func(e *posthog.Event, value string) bool {
		s := newSomebody("")
		s.person = people.Person{DistinctID: value, By: people.ByID, Value: value}
		_, _, o := rules.NewMapper(s).Event(nil, e)
		return o.Bucket == Send
	}
	seen := map[Fit]bool{}
	for size := customerio.MaxItem - 2500; size < customerio.MaxItem+500; size += 7 {
		e := row("order", `{"text":"`+strings.Repeat("x", size)+`"}`)
		fit := sizer.Of(e)
		seen[fit] = true
		short, long := fitsFor(e, "u"), fitsFor(e, strings.Repeat("\x01", customerio.MaxID))
		if fit == Fits && !long || fit == TooLarge && short {
			t.Errorf("%d bytes: %d, but it fits for a short identifier: %v, for a long one: %v", size, fit, short, long)
		}
	}
	if len(seen) != 3 {
		t.Errorf("only %v came up", seen)
	}
	dropped := row("order", `{"$current_url":"`+strings.Repeat("x", customerio.MaxItem)+`","n":1}`)
	if fit := sizer.Of(dropped); fit != Fits {
		t.Errorf("a row that fits without its largest $ property: %d", fit)
	}
}
