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

// typeOf returns the type of a valid JSON value.
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
	rows    int64 // rows, or people, that have it
	types   [jsonTypes]int64
	longest int64 // as Property.Longest
}

// add counts a valid JSON value and returns its type.
func (v *values) add(value []byte) jsonType {
	t := typeOf(value)
	v.rows++
	v.types[t]++
	if size := int64(len(value)); size > v.longest && t != jsonNull {
		if t == jsonString { // its text is shorter than what is written
			size = int64(rawjson.UnescapedLen(value[1 : len(value)-1]))
		}
		v.longest = max(v.longest, size)
	}
	return t
}

// remove takes back one value of a type. The longest value stays.
func (v *values) remove(t jsonType) {
	v.rows--
	v.types[t]--
}

// addAll adds other counts of the same property.
func (v *values) addAll(o *values) {
	v.rows += o.rows
	for t, n := range o.types {
		v.types[t] += n
	}
	v.longest = max(v.longest, o.longest)
}

// result returns the counts for a property that so many rows, or people, could have.
func (v *values) result(name, treated string, of int64) Property {
	p := Property{
		Name: name, Rows: v.rows, Coverage: ratio(v.rows, of), Types: map[string]int64{}, Longest: v.longest, Treated: treated,
	}
	for t, n := range v.types {
		if n > 0 {
			p.Types[jsonTypeNames[t]] = n
		}
	}
	return p
}

// ratio returns a part of a whole from 0 to 1, rounded to four digits; 0 if the whole is 0.
func ratio(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return math.Round(float64(part)/float64(whole)*1e4) / 1e4
}

// sortProperties sorts by rank, and within a rank puts the most frequent first.
func sortProperties(all []Property) {
	slices.SortFunc(all, func(a, b Property) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Name, b.Name))
	})
}

// rank puts properties that say little behind the rest: those that are always null, and behind them those
// that are left out.
func rank(p Property) int {
	switch {
	case p.Treated == mapping.PropertyLeftOut:
		return 2
	case p.AlwaysNull():
		return 1
	}
	return 0
}
