package inspect

import (
	"cmp"
	"math"
	"slices"

	"ph2cio/internal/mapping"
	"ph2cio/internal/rawjson"
)

// jsonType is the type of a JSON value.
type jsonType uint8

const (
	jsonString jsonType = iota
	jsonNumber
	jsonBoolean
	jsonNull
	jsonObject
	jsonArray
	jsonTypes = iota
)

var jsonTypeNames = [jsonTypes]string{"string", "number", "boolean", "null", "object", "array"}

// typeOf tells the type of a valid JSON value by its first byte.
func typeOf(value []byte) jsonType {
	switch value[0] {
	case '"':
		return jsonString
	case '{':
		return jsonObject
	case '[':
		return jsonArray
	case 't', 'f':
		return jsonBoolean
	case 'n':
		return jsonNull
	}
	return jsonNumber
}

// values counts the values of one property.
type values struct {
	rows    int64
	types   [jsonTypes]int64
	longest int64
}

// add counts a valid JSON value and returns its type.
func (v *values) add(value []byte) jsonType {
	t := typeOf(value)
	v.rows++
	v.types[t]++
	if size := int64(len(value)); size > v.longest && t != jsonNull { // only then is it worth a closer look
		if t == jsonString {
			size = int64(rawjson.UnescapedLen(value[1 : len(value)-1]))
		}
		v.longest = max(v.longest, size)
	}
	return t
}

func (v *values) addAll(o *values) {
	v.rows += o.rows
	for t, n := range o.types {
		v.types[t] += n
	}
	v.longest = max(v.longest, o.longest)
}

// inspect tells of the values of a property that could be had by so many.
func (v *values) result(name, treated string, by int64) Property {
	p := Property{
		Name: name, Rows: v.rows, Coverage: ratio(v.rows, by), Types: map[string]int64{}, Longest: v.longest, Treated: treated,
	}
	for t, n := range v.types {
		if n > 0 {
			p.Types[jsonTypeNames[t]] = n
		}
	}
	return p
}

// share is a part of a whole from 0 to 1, to four digits.
func ratio(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return math.Round(float64(part)/float64(whole)*1e4) / 1e4
}

// sortProperties puts the most frequent first, and the dull last.
func sortProperties(all []Property) {
	slices.SortFunc(all, func(a, b Property) int {
		return cmp.Or(cmp.Compare(dull(a), dull(b)), cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Name, b.Name))
	})
}

// dull puts properties that nobody will look for behind the rest: those that are only ever null, then those that are left
// out.
func dull(p Property) int {
	switch {
	case p.Treated == mapping.PropertyLeftOut:
		return 2
	case p.Types[jsonTypeNames[jsonNull]] == p.Rows:
		return 1
	}
	return 0
}
