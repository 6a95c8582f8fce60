package expression

import "strings"

// kinds is a set of kinds of values.
//
// A value is the bytes of one JSON value, as in the row or as this package has written them, and nil where
// there is none. A JSON null is turned into nil as soon as it is read.
type kinds uint8

const (
	isNil kinds = 1 << iota
	isBool
	isNumber
	isText
	isList
	isObject

	isAnything = isNil | isBool | isNumber | isText | isList | isObject
)

// kindNames are the words for single kinds in errors, by their bits.
var kindNames = [...]string{"nil", "a boolean", "a number", "a text", "a list", "an object"}

// kindOf returns the kind of a value.
func kindOf(value []byte) kinds {
	if len(value) == 0 {
		return isNil
	}
	switch value[0] {
	case '"':
		return isText
	case '{':
		return isObject
	case '[':
		return isList
	case 't', 'f':
		return isBool
	case 'n':
		return isNil
	}
	return isNumber
}

// String names the kinds but for nil, which every function takes: "a text or a list".
func (k kinds) String() string {
	if k != isNil {
		k &^= isNil
	}
	var names []string
	for i, name := range kindNames {
		if k&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	if n := len(names); n > 2 {
		return strings.Join(names[:n-1], ", ") + " or " + names[n-1]
	}
	return strings.Join(names, " or ")
}

var (
	valueTrue  = []byte("true")
	valueFalse = []byte("false")
)

// boolean returns the value for b.
func boolean(b bool) []byte {
	if b {
		return valueTrue
	}
	return valueFalse
}

// isTrue reports whether a value is true. All others count as false in conditions, of which callers have seen
// to it that only false and nil come.
func isTrue(value []byte) bool { return len(value) > 0 && value[0] == 't' }

// orNil returns nil for a JSON null, any other value unchanged.
func orNil(value []byte) []byte {
	if len(value) == 0 || value[0] == 'n' {
		return nil
	}
	return value
}
