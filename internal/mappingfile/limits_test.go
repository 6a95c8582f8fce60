package mappingfile

import (
	"fmt"
	"strings"
	"testing"
)

func TestLimits(t *testing.T) {
	keys := func(n int) string {
		var b strings.Builder
		b.WriteString("settings:\n")
		for i := range n {
			fmt.Fprintf(&b, "  # a comment\n  a%d: b\n", i)
		}
		return b.String()
	}
	filters := func(n int) string { return "test-accounts:\n" + strings.Repeat("- {key: a, value: b}\n", n) }
	rows := func(depth int) string {
		return "tests: [{name: a, operations: [], rows: [{a: " + strings.Repeat("[", depth-4) + strings.Repeat("]", depth-4) + "}]}]"
	}
	names := func(n int) string {
		return "rules: [{events: a, name: '" + strings.Repeat("{event.event}", n) + "'}]"
	}
	for _, c := range []struct{ allowed, refused, want string }{
		{keys(maxKeys), keys(maxKeys + 1), "m.yaml:2003:3: a mapping has more than 1000 keys"},
		{filters(maxFilters), filters(maxFilters + 1), "m.yaml:2:1: test-accounts has more than 100 filters"},
		{rows(maxDepth), rows(maxDepth + 1), "m.yaml:1:92: lists and mappings are nested too deep"},
		{names(maxExpressions), names(maxExpressions + 1), "m.yaml:1:27: the file has more than 10000 expressions"},
		{"a: |\n" + strings.Repeat("\n", maxBlankLines), "a: |\n" + strings.Repeat("\n", maxBlankLines+1), "m.yaml:102:1: more than 100 lines without text follow one another"},
		{"#" + strings.Repeat("a", MaxSize-1), "#" + strings.Repeat("a", MaxSize), "m.yaml:1:1: the file has 1048577 bytes; a mapping file has at most 1048576"},
		{strings.Repeat(" ", 60) + "rules:", strings.Repeat(" ", maxColumn) + "rules:", "m.yaml:1:201: lists and mappings are nested too deep"},
	} {
		if got := errorsOf(c.allowed); strings.Contains(got, "more than") || strings.Contains(got, "deep") {
			t.Errorf("%.60s: %s", c.allowed, got)
		}
		if got := errorsOf(c.refused); got != c.want {
			t.Errorf("%.60s:\n%.300s\nnot\n%s", c.refused, got, c.want)
		}
	}
}

// TestManyRulesAreRead: limits are those of one mapping, not of the file.
func TestManyRulesAreRead(t *testing.T) {
	f := mustRead(t, "rules:\n"+strings.Repeat("  - events: a\n    when: properties.a\n    name: b\n    attributes:\n      a: b\n      c: '{properties.d}'\n", 2000))
	if len(f.Rules) != 2000 || f.Rules[1999].At != (Position{11996, 5}) {
		t.Errorf("%d rules, the last at %v", len(f.Rules), f.Rules[len(f.Rules)-1].At)
	}
}

func TestManyErrorsAreCounted(t *testing.T) {
	lines := strings.Split(errorsOf("rules:\n"+strings.Repeat("- a\n", 500)), "\n")
	if len(lines) != maxErrors+1 || !strings.HasPrefix(lines[0], "m.yaml:2:3: ") || lines[maxErrors] != "m.yaml: and 450 more errors" {
		t.Errorf("%d lines, the last is %s", len(lines), lines[len(lines)-1])
	}
}

func TestAliases(t *testing.T) {
	f := mustRead(t, `rules:
  - events: &names [a, b]
    attributes: &utm
      source: '{properties.$utm_source}'
  - events: *names
    name: c
    attributes: *utm
`)
	if r := f.Rules[1]; len(r.Events) != 2 || r.Attributes[0].Value.Template.Alone() == nil || r.Attributes[0].At.Line != 4 {
		t.Errorf("%+v", r)
	}
}

func TestEmptyFilesSayNothing(t *testing.T) {
	for _, text := range []string{"", "\n", "# a\n", "---\n", "---\n...\n", "{}", "~", "null\n", "\uFEFF", "\uFEFF# a\r\n", "rules:\nsettings:\n#  a: b\ntests: []\n"} {
		if f := mustRead(t, text); string(f.JSON()) != "{}\n" {
			t.Errorf("%q says %s", text, f.JSON())
		}
	}
}

// TestFormsOfYAML: the same rule in several layouts.
func TestFormsOfYAML(t *testing.T) {
	want := mustRead(t, "rules: [{events: [a], name: 'b c', person: {d: '{1}'}}]").Hash()
	for _, text := range []string{
		"rules:\n- events: a\n  name: b c\n  person:\n    d: '{1}'\n",
		"rules:\r\n- events: a\r\n  name: b\r\n    c\r\n  person:\r\n    d: '{1}'\r\n",
		"rules:\n  -\n    events:\n    - a\n    name: >-\n      b\n      c\n    person: {\n      d: \"{1}\",\n    }\n",
		"---\n\"rules\":\n  - 'events': \"\\u0061\"\n    name: |-\n      b c\n    person:\n      d: \"\\x7B1}\" # 1\n...\n",
		"\uFEFF{\"rules\": [\n\t{\"events\": [\"a\"],\n\t\"name\": \"b \\\n    c\", \"person\": {\"d\":\"{1}\"}}\n]}",
	} {
		f, err := Read([]byte(text), "m.yaml")
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if f.Hash() != want {
			t.Errorf("%s is %s", text, f.JSON())
		}
	}
}
