// Package jsondiff compares JSON values by what they mean: the order of members, white space, and the
// spelling of texts and numbers do not matter. Values must be valid; for others its results are undefined.
package jsondiff

import (
	"bytes"
	"strconv"
	"strings"

	"ph2cio/internal/rawjson"
)

// Difference is one place in which two values differ.
type Difference struct {
	Path string // such as attributes.plan or items[0]; empty for the whole value
	Want string // the value as JSON; empty if nothing is there
	Got  string // likewise
}

// Compare returns where got differs from want, in the order of want, and then what only got has.
func Compare(want, got []byte) []Difference {
	return compare(nil, "", bytes.TrimSpace(want), bytes.TrimSpace(got))
}

// Equal reports whether two values mean the same.
func Equal(a, b []byte) bool { return len(Compare(a, b)) == 0 }

func compare(to []Difference, path string, want, got []byte) []Difference {
	switch {
	case isKind(want, got, '{'):
		return compareMembers(to, path, want, got)
	case isKind(want, got, '['):
		return compareElements(to, path, want, got)
	case sameScalar(want, got):
		return to
	}
	return append(to, Difference{path, string(want), string(got)})
}

// isKind reports whether both values begin with a character.
func isKind(a, b []byte, first byte) bool {
	return len(a) > 0 && len(b) > 0 && a[0] == first && b[0] == first
}

func compareMembers(to []Difference, path string, want, got []byte) []Difference {
	wanted, wants := members(want)
	names, has := members(got)
	for _, name := range wanted {
		to = compare(to, member(path, name), wants[name], has[name])
	}
	for _, name := range names {
		if _, both := wants[name]; !both {
			to = append(to, Difference{Path: member(path, name), Got: string(has[name])})
		}
	}
	return to
}

// members returns the names of an object's members, in their order, and their values. Of several members with
// one name the last counts.
func members(object []byte) (names []string, values map[string][]byte) {
	values = map[string][]byte{}
	all := rawjson.Walk(object)
	for key, value, ok := all.Next(); ok; key, value, ok = all.Next() {
		text, _ := rawjson.PlainText(key)
		name := string(text)
		if _, twice := values[name]; !twice {
			names = append(names, name)
		}
		values[name] = value
	}
	return names, values
}

func compareElements(to []Difference, path string, want, got []byte) []Difference {
	a, b := rawjson.Walk(want), rawjson.Walk(got)
	for i := 0; ; i++ {
		_, one, more := a.Next()
		_, other, also := b.Next()
		if !more && !also {
			return to
		}
		to = compare(to, path+"["+strconv.Itoa(i)+"]", one, other)
	}
}

// member returns the path of a member. A name that could be misread is in quotes.
func member(path, name string) string {
	plain := func(r rune) bool {
		return r != '_' && r != '$' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}
	if name == "" || strings.ContainsFunc(name, plain) {
		name = string(rawjson.AppendString(nil, name))
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

// sameScalar reports whether two values are the same text, number, boolean or null. What is missing is the
// same as nothing.
func sameScalar(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	text1, is1 := rawjson.PlainText(a)
	text2, is2 := rawjson.PlainText(b)
	if is1 || is2 {
		return is1 && is2 && bytes.Equal(text1, text2)
	}
	return isNumber(a) && isNumber(b) && decimalOf(a) == decimalOf(b)
}

func isNumber(value []byte) bool {
	return len(value) > 0 && (value[0] == '-' || value[0] >= '0' && value[0] <= '9')
}

// decimal is a number: its digits without zeros at either end, times ten to the power of exponent.
type decimal struct {
	negative bool
	digits   string
	exponent int
}

// decimalOf returns the exact value of a number. Zero has no digits, whatever its sign. A number whose
// exponent is beyond reason is its own text.
func decimalOf(number []byte) decimal {
	text, negative := strings.CutPrefix(string(number), "-")
	mantissa, power, _ := strings.Cut(strings.ToLower(text), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return decimal{}
	}
	exponent := 0
	if power != "" {
		var err error
		if exponent, err = strconv.Atoi(power); err != nil {
			return decimal{negative: negative, digits: text}
		}
	}
	short := strings.TrimRight(digits, "0")
	return decimal{negative, short, exponent - len(fraction) + len(digits) - len(short)}
}
