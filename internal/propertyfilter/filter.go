package propertyfilter

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"

	"ph2cio/internal/rawjson"
)

// Filter compares the values of one property. Compile makes one; the zero value must not be used. Many
// goroutines may use it.
type Filter struct {
	negated bool                                // it matches what holds is false of, and no value
	holds   func(text []byte, number bool) bool // of a value's text; number says that the value is a JSON number
}

// positives are the operators with not, and what they negate.
var positives = map[string]string{
	"is_not": "exact", "not_icontains": "icontains", "not_regex": "regex", "not_between": "between", "is_not_set": "is_set",
}

// operators make what a Filter holds of a value. Only of exact and icontains there may be several values.
var operators = map[string]func(values []string) (func(text []byte, number bool) bool, error){
	"exact":          exact,
	"icontains":      contains,
	"regex":          matches,
	"gt":             ordered(func(order int) bool { return order > 0 }),
	"gte":            ordered(func(order int) bool { return order >= 0 }),
	"lt":             ordered(func(order int) bool { return order < 0 }),
	"lte":            ordered(func(order int) bool { return order <= 0 }),
	"between":        between,
	"is_set":         func([]string) (func([]byte, bool) bool, error) { return func([]byte, bool) bool { return true }, nil },
	"is_date_exact":  dated(func(at, of int64) bool { return at == of }),
	"is_date_before": dated(func(at, of int64) bool { return at < of }),
	"is_date_after":  dated(func(at, of int64) bool { return at > of }),
}

// Compile returns the filter of an operator, in PostHog's words, with its values: one or several for exact,
// is_not, icontains and not_icontains, two for between and not_between, none for is_set and is_not_set, and
// else one. An error says what is wrong with them.
func Compile(operator string, values []string) (*Filter, error) {
	positive, negated := positives[operator]
	if !negated {
		positive = operator
	}
	compile := operators[positive]
	if compile == nil {
		return nil, fmt.Errorf("there is no operator %q", operator)
	}
	holds, err := compile(values)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", operator, err)
	}
	return &Filter{negated, holds}, nil
}

// Match reports whether the filter matches a property's value, which is JSON; nil if there is no such
// property. It allocates nothing, unless the value is a text with escapes.
func (f *Filter) Match(value []byte) bool {
	return (len(value) > 0 && !rawjson.IsNull(value) && f.holdsOf(value)) != f.negated
}

func (f *Filter) holdsOf(value []byte) bool {
	if text, ok := rawjson.PlainText(value); ok {
		return f.holds(text, false)
	}
	return f.holds(value, isNumber(value))
}

func exact(values []string) (func([]byte, bool) bool, error) {
	texts, numbers := map[string]bool{}, map[float64]bool{}
	for _, value := range values {
		texts[value] = true
		if n, ok := numberOf([]byte(value)); ok {
			numbers[n] = true
		}
	}
	return func(text []byte, number bool) bool {
		if texts[string(text)] {
			return true
		}
		if !number || len(numbers) == 0 {
			return false
		}
		n, ok := numberOf(text)
		return ok && numbers[n]
	}, nil
}

func contains(values []string) (func([]byte, bool) bool, error) {
	var parts []folded
	for _, value := range values {
		parts = append(parts, foldedOf(value))
	}
	return func(text []byte, _ bool) bool {
		for _, part := range parts {
			if part.in(text) {
				return true
			}
		}
		return false
	}, nil
}

func matches(values []string) (func([]byte, bool) bool, error) {
	pattern, err := regexp.Compile("(?s)" + values[0])
	if err != nil {
		return nil, err
	}
	return func(text []byte, _ bool) bool { return pattern.Match(text) }, nil
}

// ordered returns an operator that wants the order of a property and the filter's value to be in some way.
func ordered(wanted func(order int) bool) func([]string) (func([]byte, bool) bool, error) {
	return func(values []string) (func([]byte, bool) bool, error) {
		value := []byte(values[0])
		of, numeric := numberOf(value)
		return func(text []byte, _ bool) bool {
			if !numeric {
				return wanted(bytes.Compare(text, value))
			}
			n, ok := numberOf(text)
			return ok && wanted(cmp.Compare(n, of))
		}, nil
	}
}

func between(values []string) (func([]byte, bool) bool, error) {
	var ends [2]float64
	for i, value := range values {
		n, ok := numberOf([]byte(value))
		if !ok {
			return nil, fmt.Errorf("%q is not a number", value)
		}
		ends[i] = n
	}
	if ends[0] > ends[1] {
		return nil, fmt.Errorf("%s is greater than %s", values[0], values[1])
	}
	return func(text []byte, _ bool) bool {
		n, ok := numberOf(text)
		return ok && ends[0] <= n && n <= ends[1]
	}, nil
}

// dated returns an operator that compares times, in unix microseconds.
func dated(wanted func(at, of int64) bool) func([]string) (func([]byte, bool) bool, error) {
	return func(values []string) (func([]byte, bool) bool, error) {
		of, ok := momentOf([]byte(values[0]))
		if !ok {
			return nil, fmt.Errorf("%q is not a date such as 2026-03-01", values[0])
		}
		return func(text []byte, _ bool) bool {
			at, ok := momentOf(text)
			return ok && wanted(at, of)
		}, nil
	}
}
