package mapping

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ph2cio/internal/customerio"
	"ph2cio/internal/people"
	"ph2cio/internal/rawjson"
)

func TestLargestDollarPropertiesGoFirst(t *testing.T) {
	t.Parallel()
	kb := func(n int) string { return `"` + strings.Repeat("x", n*1000) + `"` }
	for _, test := range []struct {
		name, properties string
		left             []string // attributes; nil when rejected
		cut              map[string]int64
	}{
		{"fits", `{"a":` + kb(30) + `,"$b":1}`, []string{"a", "$b"}, map[string]int64{}},
		{"one is enough", `{"a":` + kb(20) + `,"$b":` + kb(5) + `,"$c":` + kb(9) + `}`, []string{"a", "$b"}, map[string]int64{"item_too_large": 1}},
		{"two are needed", `{"a":` + kb(25) + `,"$b":` + kb(5) + `,"$c":` + kb(9) + `,"$d":` + kb(1) + `}`, []string{"a", "$b", "$d"}, map[string]int64{"item_too_large": 1}},
		{"three", `{"a":` + kb(31) + `,"$b":` + kb(5) + `,"$c":` + kb(9) + `,"$d":` + kb(1) + `}`, []string{"a"}, map[string]int64{"item_too_large": 3}},
		{"not enough", `{"a":` + kb(32) + `,"$b":` + kb(5) + `,"password":"x"}`, nil, map[string]int64{}},
		{"nothing to spare", `{"a":` + kb(16) + `,"b":` + kb(17) + `}`, nil, map[string]int64{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := newRules(t, Options{Properties: "all"}).NewMapper(newSomebody(``))
			out, _, o := m.Event([]byte("before"), row("signup", test.properties))
			if test.left == nil {
				if o.Bucket != Rejected || o.Reason != ReasonTooLarge || string(out) != "before" {
					t.Errorf("outcome %+v", o)
				}
			} else if left := attributeNames(t, out[len("before"):]); !slices.Equal(left, test.left) {
				t.Errorf("attributes %q, want %q", left, test.left)
			}
			if diff := cmp.Diff(test.cut, m.ValuesCut); diff != "" {
				t.Errorf("values cut (-want +got):\n%s", diff)
			}
		})
	}
}

// The largest operation that fits, to the byte.
func TestOperationOf32000Bytes(t *testing.T) {
	t.Parallel()
	m := newRules(t, Options{}).NewMapper(newSomebody(``))
	small, _, _ := m.Event(nil, row("signup", `{"a":""}`))
	for more, want := range map[int]Bucket{0: Send, 1: Rejected} {
		properties := `{"a":"` + strings.Repeat("x", customerio.MaxItem-len(small)+more) + `"}`
		if out, _, o := m.Event(nil, row("signup", properties)); o.Bucket != want {
			t.Errorf("%d bytes: %+v", len(out), o)
		}
	}
}

func TestPersonTooLarge(t *testing.T) {
	t.Parallel()
	var custom, dollar strings.Builder
	for i := range 40 {
		fmt.Fprintf(&custom, `,"a%02d":"%s"`, i, strings.Repeat("x", 900))
		fmt.Fprintf(&dollar, `,"$a%02d":"%s"`, i, strings.Repeat("x", 900))
	}
	s := newSomebody(`{"b":1` + custom.String() + `}`)
	m := newRules(t, Options{PersonProperties: "all"}).NewMapper(s)
	if out, o := m.Person([]byte("before"), &s.person); o.Reason != ReasonTooLarge || string(out) != "before" {
		t.Errorf("outcome %+v, out of %d bytes", o, len(out))
	}
	s.properties = `{"b":1` + dollar.String() + `}`
	out, o := m.Person(nil, &s.person)
	if o.Bucket != Send || len(out) > customerio.MaxItem || m.ValuesCut["item_too_large"] == 0 {
		t.Errorf("outcome %+v, %d bytes, cut %v", o, len(out), m.ValuesCut)
	}
}

func attributeNames(t testing.TB, encoded []byte) []string {
	t.Helper()
	var names []string
	attributes := decode(t, encoded).Attributes
	for _, member := range rawjson.WalkMembers(nil, attributes) {
		names = append(names, string(nameOf(attributes, member)))
	}
	return names
}

// drawJSON draws the text of a JSON value, now and then with text that is broken or does not fit.
func drawJSON(t *rapid.T, depth int) string {
	kinds := 7
	if depth == 0 {
		kinds = 5
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return rapid.SampledFrom([]string{"null", "true", "false", "0", "-1.5e300", "12345678901234567890"}).Draw(t, "scalar")
	case 1:
		return quoted(strings.Repeat(rapid.SampledFrom([]string{"x", "é", "\xff", "\x00", "\""}).Draw(t, "long"), rapid.IntRange(0, 2000).Draw(t, "length")))
	case 2:
		return `"` + rapid.SampledFrom([]string{`\ud800`, `\u0000`, `\ud83d\ude00`, `https://a.example/?token=x\u0026b`, `maya@example.com`, `2026-03-04`}).Draw(t, "special") + `"`
	case 3, 4:
		return quoted(rapid.String().Draw(t, "text"))
	case 5:
		var parts []string
		for range rapid.IntRange(0, 4).Draw(t, "parts") {
			parts = append(parts, drawJSON(t, depth-1))
		}
		return `[` + strings.Join(parts, " , ") + `]`
	}
	return drawObject(t, depth-1, 4)
}

func drawObject(t *rapid.T, depth, most int) string {
	return "{" + strings.Join(drawMembers(t, depth, most), ",") + "}"
}

// drawPerson draws the properties of a person, which are folded: no key comes twice.
func drawPerson(t *rapid.T, depth, most int) string {
	seen := map[string]bool{}
	members := slices.DeleteFunc(drawMembers(t, depth, most), func(member string) bool {
		name, _, _ := strings.Cut(member, " : ")
		twice := seen[name]
		seen[name] = true
		return twice
	})
	return "{" + strings.Join(members, ",") + "}"
}

func drawMembers(t *rapid.T, depth, most int) []string {
	var members []string
	for range rapid.IntRange(0, most).Draw(t, "members") {
		name := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			"a", "a.b", "a_b", "$current_url", "$pathname", "title", "url", "$os", "$x.y", "email", "created_at", "id", "unsubscribed",
			"unsubscribed.x", "id.x", "recipient.x", "recipient", "reply.to", "password", "_x", "token", "\xff", "x\x00", strings.Repeat("n", 149) + "é", "",
		})).Draw(t, "name")
		members = append(members, quoted(name)+" : "+drawJSON(t, depth))
	}
	return members
}

func drawOptions(t *rapid.T) Options {
	return Options{
		Properties:       rapid.SampledFrom([]string{"custom", "all"}).Draw(t, "properties"),
		PersonProperties: rapid.SampledFrom([]string{"custom", "all"}).Draw(t, "person properties"),
		PageName:         rapid.SampledFrom([]string{"url", "url-no-query", "path", "title", "event"}).Draw(t, "page name"),
		Dots:             rapid.SampledFrom([]string{"", "_", "::"}).Draw(t, "dots"),
		EventValueLimit:  rapid.SampledFrom([]int{0, 8, 50}).Draw(t, "value limit"),
		EventAttributes:  []string{"made={event.properties.a}", "url={person.properties.a} x"},
		PersonAttributes: []string{"made={person.properties.a}", "email={person.properties.$os}"},
	}
}

// Whatever the properties are, an event's operation is valid and within the API's limits.
func TestEventsAreAlwaysWithinLimits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o := drawOptions(t)
		o.Now = runNow
		rules, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		m := rules.NewMapper(newSomebody(drawPerson(t, 1, 3)))
		properties := drawObject(t, 2, 30)
		name := rapid.SampledFrom([]string{"$pageview", "$screen", "signup", strings.Repeat("n", 200)}).Draw(t, "event")
		out, _, outcome := m.Event(nil, row(name, properties))
		if outcome.Bucket == Rejected && outcome.Reason == ReasonTooLarge {
			return
		}
		if outcome.Bucket != Send {
			t.Fatalf("outcome %+v", outcome)
		}
		op, attributes := checkOperation(t, out)
		if op.Name == "" || len(op.Name) > customerio.MaxEventName || len(op.ID) != 26 || op.Timestamp != rowTime.Unix() {
			t.Errorf("name %q, ID %q, timestamp %d", op.Name, op.ID, op.Timestamp)
		}
		for name, value := range attributes {
			if slices.Contains(reservedOfEvents, firstPart(name)) || o.Dots != "" && strings.Contains(name, ".") || slices.Contains(plumbing, name) {
				t.Errorf("attribute %q is sent", name)
			}
			if limit := o.EventValueLimit; limit > 0 && sizeOf(value) > limit {
				t.Errorf("attribute %q has %d bytes", name, sizeOf(value))
			}
		}
	})
}

// Whatever a person's properties are, the identify is valid and within the API's limits.
func TestPeopleAreAlwaysWithinLimits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o := drawOptions(t)
		o.Now = runNow
		rules, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		s := newSomebody(drawPerson(t, 2, 30))
		m := rules.NewMapper(s)
		out, outcome := m.Person(nil, &s.person)
		if outcome.Bucket == Rejected && outcome.Reason == ReasonTooLarge {
			return
		}
		if outcome.Bucket != Send {
			t.Fatalf("outcome %+v", outcome)
		}
		_, attributes := checkOperation(t, out)
		for name, value := range attributes {
			if o.Dots != "" && strings.Contains(name, ".") {
				t.Errorf("attribute %q is sent with dots", name)
			}
			if reservedForPersons(firstPart(name)) || sizeOf(value) > customerio.MaxAttributeValue {
				t.Errorf("attribute %q of %d bytes is sent", name, sizeOf(value))
			}
			if name == "created_at" && strings.ContainsAny(string(value), `"[{nt.`) {
				t.Errorf("created_at is %s", value)
			}
		}
	})
}

// What a mapper has seen before does not change what it makes of a row: it only remembers what is always so.
func TestMappersHaveNoMemory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		o := drawOptions(t)
		o.Now = runNow
		rules, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		s := newSomebody(`{}`)
		used := rules.NewMapper(s)
		for range rapid.IntRange(1, 4).Draw(t, "rows") {
			e := row(rapid.SampledFrom([]string{"$pageview", "$screen", "signup"}).Draw(t, "event"), drawObject(t, 1, 12))
			s.properties = drawPerson(t, 1, 12)
			s.person = people.Person{Number: s.person.Number + 256, DistinctID: "user_1001", By: people.ByID, Value: "user_1001"}
			fresh := rules.NewMapper(s)
			clear(used.ValuesCut)
			clear(used.values.person.all.remembered[:])
			got, _, _ := used.Event(nil, e)
			want, _, _ := fresh.Event(nil, e)
			if !bytes.Equal(got, want) {
				t.Fatalf("a used mapper gives\n%s\na fresh one\n%s", got, want)
			}
			got, _ = used.Person(nil, &s.person)
			want, _ = fresh.Person(nil, &s.person)
			if !bytes.Equal(got, want) || !maps.Equal(used.ValuesCut, fresh.ValuesCut) || used.OptedOut != fresh.OptedOut {
				t.Fatalf("a used mapper gives\n%s %v\na fresh one\n%s %v", got, used.ValuesCut, want, fresh.ValuesCut)
			}
		}
	})
}

// checkOperation checks what holds for all operations.
func checkOperation(t *rapid.T, out []byte) (operation, map[string]json.RawMessage) {
	nul := strings.Contains(strings.ReplaceAll(string(out), `\\`, ``), `\u0000`)
	if len(out) > customerio.MaxItem || !utf8.Valid(out) || nul {
		t.Fatalf("%d bytes: %q", len(out), out)
	}
	var op operation
	if err := json.Unmarshal(out, &op); err != nil {
		t.Fatalf("%v: %q", err, out)
	}
	attributes := map[string]json.RawMessage{}
	if op.Attributes == nil {
		return op, attributes
	}
	if err := json.Unmarshal(op.Attributes, &attributes); err != nil || len(attributes) == 0 {
		t.Fatalf("attributes %q: %v", op.Attributes, err)
	}
	members := rawjson.WalkMembers(nil, op.Attributes)
	if len(members) != len(attributes) || op.Action == customerio.Identify && len(members) > customerio.MaxAttributes {
		t.Errorf("%d members with %d names", len(members), len(attributes))
	}
	for name := range maps.Keys(attributes) {
		if name == "" || len(name) > customerio.MaxAttributeName {
			t.Errorf("attribute name %q", name)
		}
	}
	return op, attributes
}

// sizeOf is how the API counts a value: the bytes of a text, or of another value as it is encoded.
func sizeOf(value json.RawMessage) int {
	var text string
	if json.Unmarshal(value, &text) == nil && value[0] == '"' {
		return len(text)
	}
	return len(value)
}
