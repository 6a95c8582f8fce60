package jsondiff

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		want, got string
		different []Difference
	}{
		{` {"a": 1, "b": [1, {"c": null}]} `, `{"b":[1,{"c":null}],"a":1}`, nil},
		{`"\u00e9\/"`, `"é/"`, nil},
		{`[1.50, 15e-1, 0.0, -0, 1e400, 100]`, `[1.5, 1.5, 0, 0, 10e399, 1E2]`, nil},
		{`1e99999999999999999999`, `1E99999999999999999999`, []Difference{{"", "1e99999999999999999999", "1E99999999999999999999"}}},
		{`12345678901234567890`, `12345678901234567891`, []Difference{{"", "12345678901234567890", "12345678901234567891"}}},
		{`1`, `-1`, []Difference{{"", "1", "-1"}}},
		{`1`, `"1"`, []Difference{{"", "1", `"1"`}}},
		{`{"a":{"b c":[1,2]},"d":1}`, `{"a":{"b c":[1,3,4],"x.y":null},"e":{}}`, []Difference{
			{`a."b c"[1]`, "2", "3"}, {`a."b c"[2]`, "", "4"}, {`a."x.y"`, "", "null"}, {"d", "1", ""}, {"e", "", "{}"},
		}},
		{`{"a":null}`, `{}`, []Difference{{"a", "null", ""}}},
		{`{}`, `[]`, []Difference{{"", "{}", "[]"}}},
		{`[[]]`, `[[1]]`, []Difference{{"[0][0]", "", "1"}}},
	} {
		if diff := cmp.Diff(c.different, Compare([]byte(c.want), []byte(c.got))); diff != "" {
			t.Errorf("%s against %s: want -, got +:\n%s", c.want, c.got, diff)
		}
	}
}

// FuzzEqual compares with encoding/json, in whose float64s other numbers may meet.
func FuzzEqual(f *testing.F) {
	for _, text := range []string{`{"a":[1,2.50,{"b":"\n"}]}`, `[true,null,"x"]`, `1e5`, `{"a":1,"a":2}`} {
		f.Add([]byte(text), []byte(text))
	}
	f.Fuzz(func(t *testing.T, one, other []byte) {
		var a, b any
		if json.Unmarshal(one, &a) != nil || json.Unmarshal(other, &b) != nil {
			return
		}
		if !Equal(one, one) {
			t.Errorf("%s is not equal to itself", one)
		}
		if Equal(one, other) && !reflect.DeepEqual(a, b) {
			t.Errorf("%s is equal to %s", one, other)
		}
		again, err := json.Marshal(a)
		if err == nil && !hasNumber(a) && !Equal(again, one) {
			t.Errorf("%s is not equal to %s", one, again)
		}
	})
}

func hasNumber(value any) bool {
	switch value := value.(type) {
	case float64:
		return true
	case []any:
		if slices.ContainsFunc(value, hasNumber) {
			return true
		}
	case map[string]any:
		for _, one := range value {
			if hasNumber(one) {
				return true
			}
		}
	}
	return false
}

// TestPairs compares lists of letters; a letter is like the same one in the other case.
func TestPairs(t *testing.T) {
	for _, c := range []struct {
		want, got string
		pairs     []Pair
	}{
		{"", "", nil},
		{"abc", "abc", []Pair{{0, 0}, {1, 1}, {2, 2}}},
		{"abc", "ac", []Pair{{0, 0}, {1, -1}, {2, 1}}},
		{"ac", "abc", []Pair{{0, 0}, {-1, 1}, {1, 2}}},
		{"abc", "aBc", []Pair{{0, 0}, {1, 1}, {2, 2}}},
		{"ab", "xB", []Pair{{0, -1}, {-1, 0}, {1, 1}}},
		{"abcd", "dabc", []Pair{{-1, 0}, {0, 1}, {1, 2}, {2, 3}, {3, -1}}},
		{"aXb", "ayxb", []Pair{{0, 0}, {-1, 1}, {1, 2}, {2, 3}}},
	} {
		same := func(i, j int) bool { return c.want[i] == c.got[j] }
		alike := func(i, j int) bool { return c.want[i]|0x20 == c.got[j]|0x20 }
		if diff := cmp.Diff(c.pairs, Pairs(len(c.want), len(c.got), same, alike)); diff != "" {
			t.Errorf("%s and %s: want -, got +:\n%s", c.want, c.got, diff)
		}
	}
}

// TestPairsOfLongListsStayInOrder holds that lists too long to compare everything are paired as they come.
func TestPairsOfLongListsStayInOrder(t *testing.T) {
	never := func(int, int) bool { return false }
	always := func(int, int) bool { return true }
	pairs := Pairs(1000, 1001, never, always)
	if len(pairs) != 1001 || pairs[999] != (Pair{999, 999}) || pairs[1000] != (Pair{-1, 1000}) {
		t.Errorf("%d pairs, the last are %v", len(pairs), pairs[len(pairs)-2:])
	}
}
