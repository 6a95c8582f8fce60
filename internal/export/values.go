package export

import (
	"bytes"
	"unicode/utf8"

	"ph2cio/internal/mapping"
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
			size = int64(textLength(value[1 : len(value)-1]))
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
func (v *values) inspect(name, treated string, by int64) PropertyInspection {
	p := PropertyInspection{
		Name: name, Rows: v.rows, Coverage: share(v.rows, by), Types: map[string]int64{}, Longest: v.longest, Treated: treated,
	}
	for t, n := range v.types {
		if n > 0 {
			p.Types[jsonTypeNames[t]] = n
		}
	}
	return p
}

// dull puts properties that nobody will look for behind the rest: those that are only ever null, then those that are left
// out.
func dull(p PropertyInspection) int {
	switch {
	case p.Treated == mapping.PropertyLeftOut:
		return 2
	case p.Types[jsonTypeNames[jsonNull]] == p.Rows:
		return 1
	}
	return 0
}

// textLength returns how many bytes the text of a JSON string has, which stands there without its quotes.
func textLength(escaped []byte) int {
	length := 0
	for {
		slash := bytes.IndexByte(escaped, '\\')
		if slash < 0 {
			return length + len(escaped)
		}
		length += slash
		escaped = escaped[slash:]
		if escaped[1] != 'u' {
			length++
			escaped = escaped[len(`\n`):]
			continue
		}
		r := unit(escaped)
		escaped = escaped[len(`\u0000`):]
		switch {
		case r>>10 == 0xD800>>10 && bytes.HasPrefix(escaped, []byte(`\u`)) && unit(escaped)>>10 == 0xDC00>>10:
			length += utf8.UTFMax // a pair is a character of four bytes
			escaped = escaped[len(`\u0000`):]
		case r>>11 == 0xD800>>11:
			length += len("\uFFFD") // half a pair is replaced
		default:
			length += utf8.RuneLen(r)
		}
	}
}

// unit reads an escape of the form \u0000.
func unit(escape []byte) (r rune) {
	for _, c := range escape[2:6] {
		switch {
		case c <= '9':
			c -= '0'
		default:
			c = c | 0x20 - 'a' + 10
		}
		r = r<<4 | rune(c)
	}
	return r
}
