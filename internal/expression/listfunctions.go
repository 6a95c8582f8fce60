package expression

import (
	"slices"

	"ph2cio/internal/rawjson"
)

var listFunctions = []function{
	{
		Function: Function{
			"first(list)",
			"the first element",
			`first(["a", "b"])`, `"a"`,
		},
		takes: []kinds{isList}, gives: isAnything, call: first,
	},
	{
		Function: Function{
			"last(list)",
			"the last element",
			`last(["a", "b"])`, `"b"`,
		},
		takes: []kinds{isList}, gives: isAnything, call: last,
	},
	{
		Function: Function{
			"unique(list)",
			"the elements without those that came before",
			`unique(["a", "b", "a"])`, `["a","b"]`,
		},
		takes: []kinds{isList}, gives: isList, call: unique,
	},
	{
		Function: Function{
			"sort(list)",
			"the numbers or texts of a list in rising order; nil is left out",
			`sort([3, 1, 2])`, `[1,2,3]`,
		},
		takes: []kinds{isList}, gives: isList, call: sorted,
	},
}

func first(_ *machine, _ *call, values [][]byte) ([]byte, error) { return element(values[0], 0), nil }

func last(m *machine, k *call, values [][]byte) ([]byte, error) {
	return element(values[0], -1), m.step(k.at, len(values[0]))
}

func unique(m *machine, k *call, values [][]byte) ([]byte, error) {
	base := len(m.stack)
	elements := rawjson.Walk(values[0])
next:
	for {
		_, element, ok := elements.Next()
		if !ok {
			return m.list(k.at, base)
		}
		element = orNil(element)
		for _, before := range m.stack[base:] {
			same, err := m.equal(k.at, before, element)
			if err == nil {
				err = m.step(k.at, 0)
			}
			if err != nil {
				return nil, err
			}
			if same {
				continue next
			}
		}
		if err := m.push(k.at, element); err != nil {
			return nil, err
		}
	}
}

func sorted(m *machine, k *call, values [][]byte) ([]byte, error) {
	base := len(m.stack)
	elements := rawjson.Walk(values[0])
	var of kinds
	for {
		_, element, ok := elements.Next()
		if !ok {
			break
		}
		kind := kindOf(element)
		if kind == isNil {
			continue
		}
		if of |= kind; of != isNumber && of != isText {
			return nil, k.errorf(m, "sort takes a list of numbers or one of texts, but in %s there is %s", k.arguments[0].says, of)
		}
		if err := m.push(k.at, element); err != nil {
			return nil, err
		}
	}
	var failed error
	slices.SortStableFunc(m.stack[base:], func(a, b []byte) int {
		if failed != nil {
			return 0
		}
		if failed = m.step(k.at, 0); failed != nil {
			return 0
		}
		if of == isNumber {
			return compareNumbers(a, b)
		}
		var order int
		order, failed = m.compareTexts(k.at, a, b)
		return order
	})
	if failed != nil {
		return nil, failed
	}
	return m.list(k.at, base)
}
