package mapping

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ph2cio/internal/rawjson"
)

// drawRules draws a mapping file with a few rules about events that drawRuledRow draws.
func drawRules(t *rapid.T) string {
	var b strings.Builder
	b.WriteString("rules:\n")
	for range rapid.IntRange(1, 5).Draw(t, "rules") {
		fmt.Fprintf(&b, "- events: %s\n", rapid.SampledFrom([]string{"a", "b", "'*'", "$rageclick", "[a, $screen]"}).Draw(t, "events"))
		late := false
		switch when := rapid.SampledFrom([]string{"", "", "properties.n > 1", "properties.x == 'y'", "person.properties.plan == 'pro'", "person.properties.plan > 1"}).Draw(t, "when"); {
		case when != "":
			fmt.Fprintf(&b, "  when: %s\n", when)
			late = strings.HasPrefix(when, "person")
		}
		if rapid.IntRange(0, 3).Draw(t, "drop") == 0 {
			b.WriteString("  drop: true\n")
			continue
		}
		as := rapid.SampledFrom([]string{"event", "page", "screen", "person"}).Draw(t, "send-as")
		fmt.Fprintf(&b, "  send-as: %s\n", as)
		if as != "person" && rapid.Bool().Draw(t, "event") {
			b.WriteString("  name: 'N {properties.n}'\n  attributes: {x: '{properties.n * 2}', p: '{person.properties.plan}'}\n  dates: ['*', '*.*']\n")
		}
		if !late && rapid.Bool().Draw(t, "person") {
			b.WriteString("  person: {n: '{properties.n + 1}'}\n")
		}
	}
	return b.String()
}

// TestBothPassesDecideAlike: what the first pass decides about a row, whoever its person is, the second pass
// decides too. Only what the first pass would send may come to something else.
func TestBothPassesDecideAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := drawRules(t)
		r, err := New(withFile(t, rules, Options{Now: runNow}))
		if err != nil {
			t.Fatal(err)
		}
		name := rapid.SampledFrom([]string{"a", "b", "$rageclick", "$screen", "$identify", "$autocapture"}).Draw(t, "name")
		e := row(name, rapid.SampledFrom([]string{`{"n":1}`, `{"n":2,"x":"y"}`, `{"n":"two"}`, `{"x":"y","d":{"e":"2026-03-04","f":[1,"no"]}}`}).Draw(t, "properties"))
		e.Personless = rapid.Bool().Draw(t, "personless")
		first := r.NewClassifier().Classify(e)
		out, _, second := r.NewMapper(newSomebody(rapid.SampledFrom([]string{`{"plan":"pro"}`, `{"plan":1}`, `{}`}).Draw(t, "person"))).Event(nil, e)
		if first.Bucket != Send && (first != second || out != nil) {
			t.Fatalf("%s%s: %+v at first, then %+v", rules, e.Properties, first, second)
		}
		if second.Bucket == Send && !json.Valid(out) {
			t.Fatalf("%s%s: %s", rules, e.Properties, out)
		}
		if o := second; first.Bucket == Send && o.Bucket != Send && o.Reason != ReasonByRule && o.Reason != ReasonNoise && o.Reason != ReasonExpression && o.Bucket != FeedsPerson {
			t.Fatalf("%s%s: %+v", rules, e.Properties, o)
		}
	})
}

// TestRulesOwnTheirAttributes: whatever else a row would send under the name of an attribute that a rule sets,
// the rule's value is sent, once.
func TestRulesOwnTheirAttributes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"a", "a.b", "$current_url", "title", "url", "elements_chain", "password"}
		var b strings.Builder
		b.WriteString("rules:\n- events: '*'\n  dates: ['*.*', '*.*.*']\n  attributes:\n")
		set := map[string]string{}
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 4, rapid.ID[string]).Draw(t, "names") {
			value := rapid.SampledFrom([]string{`'{["ruled"]}'`, `'{properties.no_such}'`}).Draw(t, "value")
			fmt.Fprintf(&b, "    %s: %s\n", name, value)
			set[name] = ""
			switch {
			case strings.Contains(value, "ruled") && name == "password":
				set[name] = `"redacted"`
			case strings.Contains(value, "ruled"):
				set[name] = `["ruled"]`
			}
		}
		o := Options{
			Now: runNow, Properties: rapid.SampledFrom([]string{"custom", "all"}).Draw(t, "properties"), Dots: rapid.SampledFrom([]string{"", "_"}).Draw(t, "dots"),
			EventAttributes: []string{"a=flag"},
		}
		r, err := New(withFile(t, b.String(), o))
		if err != nil {
			t.Fatal(err)
		}
		e := row(rapid.SampledFrom([]string{"x", "$pageview", "$screen"}).Draw(t, "event"), drawObject(t, 2, 6))
		e.ElementsChain = []byte(`"chain"`)
		out, _, outcome := r.NewMapper(newSomebody("")).Event(nil, e)
		if outcome.Bucket != Send {
			t.Fatalf("%+v", outcome)
		}
		attributes := []byte(decode(t, out).Attributes)
		got := map[string][]string{}
		for _, m := range rawjson.WalkMembers(nil, attributes) {
			name := string(nameOf(attributes, m))
			got[name] = append(got[name], string(attributes[m.ValueStart:m.ValueEnd]))
		}
		for name, want := range set {
			if o.Dots != "" {
				name = strings.ReplaceAll(name, ".", o.Dots)
			}
			values := got[name]
			if want == "" && len(values) > 0 || want != "" && (len(values) != 1 || values[0] != want) {
				t.Fatalf("%s%s: %s is sent as %s, not %s: %s", b.String(), e.Properties, name, values, want, attributes)
			}
		}
	})
}
