package terminal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ph2cio/internal/mapping"
	"ph2cio/internal/posthog"
)

// TestEveryReasonHasWords walks the constants of the packages that give reasons.
func TestEveryReasonHasWords(t *testing.T) {
	codes := append(constants(t, "../../mapping/*.go", "Reason"), constants(t, "../../transfer/*.go", "Reason")...)
	codes = append(codes, constants(t, "../../posthog/rowerror.go", "")...)
	codes = append(codes, constants(t, "../../transfer/*.go", "Value")...)
	codes = append(codes, mapping.CutKinds()...)
	codes = append(codes, Actions...)
	codes = append(codes, mapping.ReasonNoName, posthog.NotJSON)
	if len(codes) < 60 {
		t.Errorf("found %d codes", len(codes))
	}
	for _, code := range codes {
		found := 0
		for _, table := range wordTables {
			if _, ok := table[code]; ok {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%d tables have words for %s", found, code)
		}
	}
}

// What several things are called is not what one is: some word of it is a plural.
func TestReasonsHaveAPlural(t *testing.T) {
	for _, table := range wordTables {
		for code, words := range table {
			one, plurals := strings.Fields(words.one), 0
			for word := range strings.FieldsSeq(words.many) {
				if (strings.HasSuffix(word, "s") || word == "people") && !slices.Contains(one, word) {
					plurals++
				}
			}
			if words.many != "" && plurals == 0 {
				t.Errorf("%s: %q is no plural of %q", code, words.many, words.one)
			}
		}
	}
}

// A reason of Customer.io's, or of a state, cannot steer the terminal.
func TestReasonsWithoutWordsAreShownSafely(t *testing.T) {
	for code, want := range map[string]string{
		"api:odd_reason":            "rejected by Customer.io: odd reason",
		"api:red\x1b[31m\nerror: x": `rejected by Customer.io: red\u001b[31m\u000aerror: x`,
		"api:http_418":              "refused by Customer.io with HTTP 418",
		"api:%d_100%":               "rejected by Customer.io: %d 100%",
		"of_a_newer\x1b]0;version":  `of a newer\u001b]0;version`,
	} {
		if got := WordsFor(code, 2); got != want {
			t.Errorf("%q: %q, want %q", code, got, want)
		}
	}
}

// constants are the values of string constants whose names begin with a prefix, in files that a pattern
// finds.
func constants(t *testing.T, pattern, prefix string) (values []string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(files), err)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || strings.HasSuffix(file, "_test.go") {
				return true
			}
			for i, name := range spec.Names {
				if !strings.HasPrefix(strings.ToLower(name.Name), strings.ToLower(prefix)) || i >= len(spec.Values) {
					continue
				}
				if literal, ok := spec.Values[i].(*ast.BasicLit); ok && literal.Kind == token.STRING {
					value, err := strconv.Unquote(literal.Value)
					if err != nil {
						t.Fatal(err)
					}
					values = append(values, value)
				}
			}
			return true
		})
	}
	return values
}

func TestNoTwoReasonsHaveTheSameWords(t *testing.T) {
	for _, table := range wordTables {
		for _, n := range []int64{1, 2} {
			codes := map[string]string{}
			for code, words := range table {
				text := words.of(n)
				if other, doubled := codes[text]; doubled {
					t.Errorf("%q says both %s and %s", text, code, other)
				}
				codes[text] = code
				if text == "" || strings.Contains(text, code) && strings.Contains(code, "_") {
					t.Errorf("%s: the words are %q", code, text)
				}
				if n := len(strings.Fields(words.fix)); n > 8 {
					t.Errorf("%s: %d words of what to do", code, n)
				}
			}
		}
	}
}

func TestReasonsInWords(t *testing.T) {
	tests := []struct {
		counts map[string]int64
		want   string
	}{
		{nil, ""},
		{map[string]int64{mapping.ReasonGroup: 0}, ""},
		{map[string]int64{mapping.ReasonNoise: 2, mapping.ReasonGroup: 1, mapping.ReasonIllegalID: 1}, "2 PostHog noise events · 1 about a group · 1 with a placeholder ID"},
		{map[string]int64{mapping.ReasonAnonymous: 23_133}, "23,133 from visitors not identified yet"},
		{map[string]int64{"api:invalid": 1, "api:no_such_thing": 2, "api:http_413": 3}, "3 refused by Customer.io with HTTP 413 · 2 rejected by Customer.io: no such thing · 1 invalid for Customer.io"},
		{map[string]int64{"of_a_newer_state": 1}, "1 of a newer state"},
		{map[string]int64{"identify": 1, "page": 2}, "2 pages · 1 profile update"},
	}
	for _, test := range tests {
		if got := Reasons(test.counts); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestTablesOfReasonsHaveEveryCode(t *testing.T) {
	text := ReasonTables()
	for _, table := range []map[string]reasonWords{leftOutWords, rejectedWords, linkWords, changedWords} {
		for code, words := range table {
			if !strings.Contains(text, "\n  "+code+" ") || !strings.Contains(text, words.one) {
				t.Errorf("the tables do not say %s", code)
			}
		}
	}
}
