package propertyfilter

import (
	"bytes"
	"strings"
	"testing"

	"ph2cio/internal/rawjson"
	"ph2cio/internal/testkit/race"
)

func compiled(t testing.TB, operator string, values ...string) *Filter {
	t.Helper()
	f, err := Compile(operator, values)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// negated has the operators with not by what they negate.
func negated() map[string]string {
	of := map[string]string{}
	for negative, positive := range positives {
		of[positive] = negative
	}
	return of
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		operator string
		values   string // separated by |
		match    string // JSON values, separated by blanks
		not      string
	}{
		{"exact", "free", `"free" "fr\u0065e"`, `"Free" "free " "freely" 0 true [] ["free"] {}`},
		{"exact", "a|b", `"a" "b"`, `"c" "A" "ab" "a|b"`},
		{"exact", "5", `5 5.0 5e0 50e-1 "5"`, `"5.0" 5.01 50 [5] true`},
		{"exact", "5.0", `5 5.0 "5.0"`, `"5" 4`},
		{"exact", "true", `true "true"`, `false "True" 1 "yes"`},
		{"exact", "false", `false "false"`, `true 0 ""`},
		{"exact", "", `""`, `" " 0 false [] {}`},
		{"exact", "null", `"null"`, `"" 0`},
		{"exact", `[1,2]`, `[1,2] "[1,2]"`, `[1] 1`},
		{"exact", "1e400", `1e400 1e500`, `1 -1e400`}, // both are infinite in ClickHouse
		{"icontains", "@ourcompany.com", `"anna@ourcompany.com" "ANNA@OURCOMPANY.COM" ["x@ourcompany.com"]`, `"anna@ourcompany.org" "" 0`},
		{"icontains", "", `"" "a" 0 [] false`, ``},
		{"icontains", "+TEST|qa-", `"a+test@b.c" "QA-7"`, `"qa" "test"`},
		{"icontains", "a_b", `"xa_bx"`, `"axb"`},
		{"icontains", "100%", `"100%"`, `"1000" "100"`},
		{"icontains", "ÄRGER", `"kein ärger" "\u00e4rger"`, `"arger"`},
		{"icontains", "k", "\"\u212a\"", `"c"`}, // the Kelvin sign
		{"icontains", "5", `15 "50" [5]`, `"4" 4`},
		{"icontains", "aab", `"aaab"`, `"aaaa" "aa"`},
		{"icontains", "true", `true`, `false`},
		{"regex", `^\d+$`, `"12" 12`, `"a1" 1.5 true`},
		{"regex", `b`, `"abc"`, `"ABC" ""`},
		{"regex", `a.b`, `"a\nb"`, `"ab"`},
		{"regex", `(?-s)a.b`, `"axb"`, `"a\nb"`},
		{"gt", "10", `11 "11" 10.5 1e3`, `10 9 "9" "abc" "" true [11] 10.0`},
		{"gte", "10", `10 "10.0" 11`, `9.99 "x"`},
		{"lt", "10", `9 -1 "9" -1e400`, `10 "" "a" false`},
		{"lte", "-1.5", `-1.5 "-2"`, `-1 0`},
		{"gt", "b", `"c" "bb"`, `"b" "a" "B" 5`},
		{"lt", "2026-03-01", `"2026-02-28"`, `"2026-03-01" "2026-03-02"`},
		{"between", "1|3", `1 3 2.5 "2"`, `0.9 3.1 "a" "" true [2]`},
		{"is_set", "", `"" 0 false "null" [] {}`, ``},
		{"is_date_exact", "2026-03-01", `"2026-03-01" "2026-03-01T00:00:00Z" "2026-03-01 01:00:00+01:00" 1772323200`, `"2026-03-01T00:00:01Z" "soon" true`},
		{"is_date_before", "2026-03-01", `"2026-02-28T23:59:59Z" " 2025-01-01 "`, `"2026-03-01" "2027-01-01" "" "x"`},
		{"is_date_after", "2026-03-01T10:00:00Z", `"2026-03-01T10:00:00.000001Z" 1772360000000`, `"2026-03-01" "2026-03-01T11:00:00+01:00"`},
	} {
		f := compiled(t, test.operator, strings.Split(test.values, "|")...)
		values := func(text string) [][]byte { return bytes.Fields([]byte(text)) }
		if strings.Contains(test.match+test.not, `" `) || strings.Contains(test.match+test.not, ` "`) {
			values = jsonValues
		}
		opposite := negated()[test.operator]
		check := func(value []byte, want bool) {
			if got := f.Match(value); got != want {
				t.Errorf("%s %q of %s is %v", test.operator, test.values, value, got)
			}
			if opposite == "" {
				return
			}
			if got := compiled(t, opposite, strings.Split(test.values, "|")...).Match(value); got == want {
				t.Errorf("%s %q of %s is %v", opposite, test.values, value, got)
			}
		}
		for _, value := range values(test.match) {
			check(value, true)
		}
		for _, value := range values(test.not) {
			check(value, false)
		}
		check(nil, false)
		check([]byte("null"), false)
	}
}

// jsonValues splits JSON values that have blanks between them, and perhaps within.
func jsonValues(text string) (values [][]byte) {
	b := []byte(text)
	for i := rawjson.WalkSpace(b, 0); i < len(b); i = rawjson.WalkSpace(b, i) {
		end := rawjson.WalkValue(b, i)
		values = append(values, b[i:end:end])
		i = end
	}
	return values
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ operator, values, want string }{
		{"contains", "a", `there is no operator "contains"`},
		{"between", "a|2", `between: "a" is not a number`},
		{"not_between", "3|2", `not_between: 3 is greater than 2`},
		{"is_date_before", "soon", `is_date_before: "soon" is not a date such as 2026-03-01`},
		{"regex", "(", "regex: error parsing regexp: missing closing ): `(?s)(`"},
	} {
		_, err := Compile(test.operator, strings.Split(test.values, "|"))
		if err == nil || err.Error() != test.want {
			t.Errorf("%s %s: %v", test.operator, test.values, err)
		}
	}
}

func TestMatchAllocatesNothing(t *testing.T) {
	if race.Enabled() {
		t.Skip("the race detector allocates")
	}
	operators := map[string][]string{
		"exact": {"free", "5"}, "icontains": {"@ourcompany.com", "ä"}, "regex": {"^a.*@b"}, "gt": {"10"}, "between": {"1", "2"},
		"is_set": nil, "is_date_after": {"2026-03-01"},
	}
	for operator, of := range operators {
		f := compiled(t, operator, of...)
		usual := []string{`"anna@example.com"`, `123456.75`, `true`, `null`, `["a"]`, `"2026-03-01T10:00:00Z"`, `"2026-03-01"`}
		if operator == "is_date_after" {
			usual = usual[5:]
		}
		for _, value := range usual {
			raw := []byte(value)
			if n := testing.AllocsPerRun(100, func() { f.Match(raw) }); n > 0 {
				t.Errorf("%s of %s allocates %v times", operator, value, n)
			}
		}
	}
}

// FuzzMatch: no value makes a filter panic, an operator with not matches what its counterpart does not, and
// nothing depends on white space in front or on the way in which a text is escaped.
func FuzzMatch(f *testing.F) {
	for _, value := range []string{`"a"`, `5`, `-1.5e7`, `true`, `null`, `["a",{}]`, `"\u00e4\ud83d\ude00"`, `"2026-03-01"`, `1772323200`, `""`} {
		for operator := range operators {
			f.Add(operator, "a", "5", value)
			f.Add(operator, "1", "2026-03-01", value)
		}
	}
	opposites := negated()
	f.Fuzz(func(t *testing.T, operator, one, other, value string) {
		values := []string{one, other}
		if operator != "exact" && operator != "icontains" && operator != "between" {
			values = values[:1]
		}
		filter, err := Compile(operator, values)
		if err != nil || !valid(value) {
			return
		}
		got := filter.Match([]byte(value))
		if opposite := opposites[operator]; opposite != "" && compiled(t, opposite, values...).Match([]byte(value)) == got {
			t.Fatalf("%s and %s of %s are %v", operator, opposite, value, got)
		}
		text, ok := rawjson.PlainText([]byte(value))
		if !ok {
			return
		}
		if again := filter.Match(rawjson.AppendString(nil, text)); again != got {
			t.Fatalf("%s %q of %s is %v, escaped otherwise %v", operator, values, value, got, again)
		}
	})
}

// valid reports whether a text is one JSON value without white space around it, as those that are compared.
func valid(text string) bool {
	if strings.TrimSpace(text) != text {
		return false
	}
	_, ok := rawjson.Fields([]byte(`{"a":` + text + `}`))
	return ok
}

func BenchmarkContains(b *testing.B) {
	f := compiled(b, "not_icontains", "@ourcompany.com")
	value := []byte(`"anna.maria@example.com"`)
	for b.Loop() {
		if !f.Match(value) {
			b.Fatal("matches")
		}
	}
}
