package expression

import (
	"bytes"
	"cmp"
	"math"
	"strconv"

	"github.com/govalues/decimal"

	"ph2cio/internal/rawjson"
)

// compareNumbers compares what two JSON numbers are worth, exactly and whatever their size: 1, 1.0 and 10e-1
// are the same.
func compareNumbers(a, b []byte) int {
	if isPlainWhole(a) && isPlainWhole(b) {
		if len(a) != len(b) {
			return cmp.Compare(len(a), len(b))
		}
		return bytes.Compare(a, b)
	}
	left, right := digitsOf(a), digitsOf(b)
	switch {
	case left.sign != right.sign:
		return cmp.Compare(left.sign, right.sign)
	case left.sign == 0:
		return 0
	case left.exponent != right.exponent:
		return left.sign * cmp.Compare(left.exponent, right.exponent)
	}
	for {
		one, ok := left.next()
		other, also := right.next()
		if one != other {
			return left.sign * cmp.Compare(one, other)
		}
		if !ok && !also {
			return 0
		}
	}
}

// isPlainWhole reports whether a number has digits only. As JSON allows no zeros before others, the longer of
// two such numbers is the greater.
func isPlainWhole(number []byte) bool {
	for _, c := range number {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// digits are a number as sign times 0.d1d2d3... times ten to the exponent, where d1 is not 0.
type digits struct {
	sign     int // -1, 0 or 1
	exponent int64
	rest     []byte // the digits that are still to be read, and perhaps a point between them
}

// digitsOf takes a JSON number apart. Of exponents with more than 17 digits only the sign counts.
func digitsOf(number []byte) digits {
	d := digits{sign: 1}
	if number[0] == '-' {
		d.sign, number = -1, number[1:]
	}
	mantissa := number
	if e := bytes.IndexAny(number, "eE"); e >= 0 {
		mantissa = number[:e]
		d.exponent = exponentOf(number[e+1:])
	}
	point := bytes.IndexByte(mantissa, '.')
	if point < 0 {
		point = len(mantissa)
	}
	first := bytes.IndexAny(mantissa, "123456789")
	if first < 0 {
		return digits{}
	}
	if d.exponent += int64(point - first); first > point {
		d.exponent++ // the point is no digit
	}
	d.rest = mantissa[first:]
	return d
}

func exponentOf(text []byte) int64 {
	negative := text[0] == '-'
	if negative || text[0] == '+' {
		text = text[1:]
	}
	var e int64
	for _, c := range text {
		if e > 1e17 {
			break
		}
		e = e*10 + int64(c-'0')
	}
	if negative {
		return -e
	}
	return e
}

// next returns the next digit, and 0 after the last.
func (d *digits) next() (digit byte, ok bool) {
	if len(d.rest) > 0 && d.rest[0] == '.' {
		d.rest = d.rest[1:]
	}
	if len(d.rest) == 0 {
		return '0', false
	}
	digit, d.rest = d.rest[0], d.rest[1:]
	return digit, true
}

// computable returns a number as a decimal. ok is false if that needs more digits than a decimal has: 19, of
// which those before the point and one other than 0 behind it must be kept.
func computable(number []byte) (d decimal.Decimal, ok bool) {
	if err := d.UnmarshalText(number); err != nil {
		return d, false
	}
	return d, !d.IsZero() || digitsOf(number).sign == 0
}

// decimalOf does the same with an error that names the value.
func (m *machine) decimalOf(at int, number []byte, says string) (decimal.Decimal, error) {
	d, ok := computable(number)
	if !ok {
		return d, m.source.errorf(at, "%s has too many digits to compute with: at most 19 are allowed", says)
	}
	return d, nil
}

// number makes a value of a decimal, without zeros at the end of its fraction.
func (m *machine) number(at int, d decimal.Decimal) ([]byte, error) {
	const longest = len("-0.1234567890123456789")
	if err := m.room(at, longest); err != nil {
		return nil, err
	}
	start := len(m.arena)
	m.arena, _ = d.Trim(0).AppendText(m.arena) // it has no errors
	return m.made(start), nil
}

// integer makes a value of an integer.
func (m *machine) integer(at int, n int64) ([]byte, error) {
	if err := m.room(at, len("-9223372036854775808")); err != nil {
		return nil, err
	}
	start := len(m.arena)
	m.arena = strconv.AppendInt(m.arena, n, 10)
	return m.made(start), nil
}

// indexOf returns a number as the index of an element; false if it is not whole or no list is as long.
func indexOf(number []byte) (int, bool) {
	d, ok := computable(number)
	if !ok || !d.IsInt() {
		return 0, false
	}
	whole, _, ok := d.Int64(0)
	if !ok || whole < math.MinInt32 || whole > math.MaxInt32 {
		return 0, false
	}
	return int(whole), true
}

// isNumeral reports whether a text is a number as JSON writes it.
func isNumeral(text []byte) bool {
	if len(text) == 0 || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return false
	}
	var space [128]byte
	guarded := append(append(space[:0], text...), make([]byte, rawjson.Guard)...)
	return rawjson.ScanNumber(guarded, 0) == len(text)
}

// negated appends a number with the other sign, every digit kept. It may be -0, which JSON knows.
func negated(dst, number []byte) []byte {
	if number[0] == '-' {
		return append(dst, number[1:]...)
	}
	return append(append(dst, '-'), number...)
}

// arithmetic is what the operators + - * / % do with numbers. It fails only where there is no result with 19
// digits.
var arithmetic = map[string]func(a, b decimal.Decimal) (decimal.Decimal, error){
	"+": decimal.Decimal.Add,
	"-": decimal.Decimal.Sub,
	"*": decimal.Decimal.Mul,
	"/": decimal.Decimal.Quo,
	"%": func(a, b decimal.Decimal) (decimal.Decimal, error) {
		_, r, err := a.QuoRem(b)
		return r, err
	},
}

// rounded rounds to so many digits behind the point; a half is rounded away from zero, as by hand.
func rounded(d decimal.Decimal, scale int) (decimal.Decimal, error) {
	if d.Scale() <= scale {
		return d, nil
	}
	half, err := decimal.New(5, scale+1)
	if err != nil {
		return d, err
	}
	sum, err := d.Add(half.CopySign(d))
	return sum.Trunc(scale), err
}
