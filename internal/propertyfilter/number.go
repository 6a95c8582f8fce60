package propertyfilter

import (
	"errors"
	"strconv"
)

// numberOf returns a number that is written in decimal, as in JSON or with a + in front; false for any other
// text. It has the precision of ClickHouse's Float64, as PostHog's numeric properties do.
func numberOf(text []byte) (n float64, ok bool) {
	if !isDecimal(text) {
		return 0, false // ParseFloat takes "inf", "nan" and "0x1p4" too, and allocates errors
	}
	n, err := strconv.ParseFloat(string(text), 64)
	return n, err == nil || errors.Is(err, strconv.ErrRange)
}

// isDecimal reports whether a text is a number such as 5, -5.25, .5 or 5e+10.
func isDecimal(text []byte) bool {
	text = withoutSign(text)
	whole := digits(text)
	text = text[whole:]
	part := 0
	if len(text) > 0 && text[0] == '.' {
		part = digits(text[1:])
		text = text[1+part:]
	}
	if len(text) > 0 && (text[0] == 'e' || text[0] == 'E') {
		exponent := withoutSign(text[1:])
		if text = exponent[digits(exponent):]; len(exponent) == 0 {
			return false
		}
	}
	return whole+part > 0 && len(text) == 0
}

func withoutSign(text []byte) []byte {
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		return text[1:]
	}
	return text
}

// digits counts the digits at the beginning of a text.
func digits(text []byte) (n int) {
	for n < len(text) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	return n
}

// isNumber reports whether a JSON value is a number.
func isNumber(value []byte) bool { return value[0] == '-' || '0' <= value[0] && value[0] <= '9' }
