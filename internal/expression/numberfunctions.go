package expression

import (
	"bytes"
	"strconv"

	"ph2cio/internal/rawjson"
)

var conversions = []function{
	{
		Function: Function{
			"text(value)",
			"the value as a text; numbers as they are written",
			`text(1.50)`, `"1.50"`,
		},
		takes: []kinds{isAnything}, gives: isText, call: toText,
	},
	{
		Function: Function{
			"number(value)",
			"the number that a text is, nil if it is none",
			`number("12.5") + 1`, `13.5`,
		},
		takes: []kinds{isText | isNumber}, gives: isNumber, call: toNumber,
	},
	{
		Function: Function{
			"bool(value)",
			"true and false of a text or of the numbers 1 and 0, nil for others",
			`bool("true")`, `true`,
		},
		takes: []kinds{isText | isNumber | isBool}, gives: isBool, call: toBool,
	},
}

func toText(m *machine, k *call, values [][]byte) ([]byte, error) {
	value := values[0]
	switch kind := kindOf(value); {
	case kind == isText:
		return value, nil
	case kind&(isList|isObject) != 0 && m.cleanNested != nil:
		m.scratch = m.cleanNested(m.scratch[:0], value)
		value = m.scratch
	}
	return m.text(k.at, value)
}

func toNumber(m *machine, k *call, values [][]byte) ([]byte, error) {
	if kindOf(values[0]) == isNumber {
		return values[0], nil
	}
	text, err := m.plain(k.at, values[0])
	if err != nil {
		return nil, err
	}
	if text = bytes.TrimSpace(text); isNumeral(text) {
		return text, nil
	}
	return nil, nil
}

func toBool(m *machine, k *call, values [][]byte) ([]byte, error) {
	switch kindOf(values[0]) {
	case isBool:
		return values[0], nil
	case isNumber:
		if n, ok := indexOf(values[0]); ok && (n == 0 || n == 1) {
			return boolean(n == 1), nil
		}
		return nil, nil
	}
	text, err := m.plain(k.at, values[0])
	if err != nil {
		return nil, err
	}
	switch text = bytes.TrimSpace(text); {
	case bytes.EqualFold(text, valueTrue):
		return valueTrue, nil
	case bytes.EqualFold(text, valueFalse):
		return valueFalse, nil
	}
	return nil, nil
}

var numberFunctions = []function{
	{
		Function: Function{
			"round(number, [digits])",
			"the number rounded to so many digits behind the point, 0 if that is left out; a half goes away from 0",
			`round(2.345, 2)`, `2.35`,
		},
		takes: []kinds{isNumber, isNumber}, optional: 1, gives: isNumber, call: round,
	},
	{
		Function: Function{
			"floor(number)",
			"the next whole number at or below",
			`floor(2.7)`, `2`,
		},
		takes: []kinds{isNumber}, gives: isNumber, call: whole,
	},
	{
		Function: Function{
			"ceil(number)",
			"the next whole number at or above",
			`ceil(2.1)`, `3`,
		},
		takes: []kinds{isNumber}, gives: isNumber, call: whole,
	},
	{
		Function: Function{
			"abs(number)",
			"the number without its sign",
			`abs(-2)`, `2`,
		},
		takes: []kinds{isNumber}, gives: isNumber, call: absolute,
	},
	{
		Function: Function{
			"min(a, b, ...)",
			"the least of the numbers, or of the numbers in one list; nil does not count",
			`min(3, 1, 2)`, `1`,
		},
		takes: []kinds{isNumber | isList}, more: true, nils: true, gives: isNumber, call: least,
	},
	{
		Function: Function{
			"max(a, b, ...)",
			"the greatest of the numbers, or of the numbers in one list; nil does not count",
			`max([3, 1, 2])`, `3`,
		},
		takes: []kinds{isNumber | isList}, more: true, nils: true, gives: isNumber, call: greatest,
	},
}

func round(m *machine, k *call, values [][]byte) ([]byte, error) {
	scale := 0
	if len(values) > 1 {
		var ok bool
		if scale, ok = indexOf(values[1]); !ok || scale < 0 || scale > 18 {
			return nil, k.errorf(m, "round rounds to 0 to 18 digits, which %s is not", k.arguments[1].says)
		}
	}
	d, err := m.decimalOf(k.at, values[0], k.arguments[0].says)
	if err != nil {
		return nil, err
	}
	if d, err = rounded(d, scale); err != nil {
		return nil, k.errorf(m, "%s has too many digits to be rounded to %s digits", k.arguments[0].says, strconv.Itoa(scale))
	}
	return m.number(k.at, d)
}

func whole(m *machine, k *call, values [][]byte) ([]byte, error) {
	d, err := m.decimalOf(k.at, values[0], k.arguments[0].says)
	if err != nil {
		return nil, err
	}
	if k.of.Name() == "floor" {
		return m.number(k.at, d.Floor(0))
	}
	return m.number(k.at, d.Ceil(0))
}

func absolute(_ *machine, _ *call, values [][]byte) ([]byte, error) {
	return bytes.TrimPrefix(values[0], []byte("-")), nil
}

func least(m *machine, k *call, values [][]byte) ([]byte, error)    { return extreme(m, k, values, -1) }
func greatest(m *machine, k *call, values [][]byte) ([]byte, error) { return extreme(m, k, values, 1) }

// extreme returns the number that comes first in an order, as it is written.
func extreme(m *machine, k *call, values [][]byte, order int) (best []byte, err error) {
	consider := func(value []byte) error {
		switch kind := kindOf(value); {
		case kind == isNil:
		case kind != isNumber:
			return k.errorf(m, "%s compares numbers, but one of the values is %s", k.of.Name(), kind)
		case best == nil || compareNumbers(value, best) == order:
			best = value
		}
		return m.step(k.at, len(value))
	}
	for _, value := range values {
		if len(values) > 1 || kindOf(value) != isList {
			if err := consider(value); err != nil {
				return nil, err
			}
			continue
		}
		elements := rawjson.Walk(value)
		for {
			_, element, ok := elements.Next()
			if !ok {
				break
			}
			if err := consider(element); err != nil {
				return nil, err
			}
		}
	}
	return best, nil
}
