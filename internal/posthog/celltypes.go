package posthog

import (
	"encoding/json"
	"strconv"
)

// Cells of a CSV have lost their types: PostHog's web interface and the programs that people open such files
// with write all values as text. A cell by itself has one of these kinds. The type of a column follows from
// all of its cells, see ColumnTypes.

// cellKinds is a set of them.
type cellKinds uint8

const (
	numberCell cellKinds = 1 << iota
	pythonBool           // True or False, as PostHog writes them
	jsonBool             // true or false
	nestedCell           // a JSON array or object
	textCell
)

// text reports whether a column with cells of these kinds is text: one of them is text, or the kinds differ.
func (k cellKinds) text() bool { return k&textCell != 0 || k&(k-1) != 0 }

// odd has the first bytes of cells that may be something other than text.
var odd = func() (odd [256]bool) {
	for _, c := range []byte(`-+0123456789TFtfnNiI[{\`) {
		odd[c] = true
	}
	return odd
}()

// kindOf returns the kind of a cell. It is 0 if the cell is empty or stands for no number, such as nan.
func kindOf(cell []byte) cellKinds {
	switch {
	case len(cell) == 0:
		return 0
	case !odd[cell[0]]:
		return textCell
	}
	return kindOfOdd(cell)
}

func kindOfOdd(cell []byte) cellKinds {
	switch c := cell[0]; {
	case c == '-' || digit(c):
		if isNumber(cell) {
			return numberCell
		}
	case c == 'T' || c == 'F':
		if string(cell) == "True" || string(cell) == "False" {
			return pythonBool
		}
	case c == 't' || c == 'f':
		if string(cell) == "true" || string(cell) == "false" {
			return jsonBool
		}
	case c == '[' || c == '{':
		if json.Valid(cell) {
			return nestedCell
		}
	}
	if null(cell) || notNumber(cell) {
		return 0
	}
	return textCell
}

// isNumber reports whether text is a number as programs write one: without zeros in front, and with an
// exponent only where a double has one when Python, JavaScript or ClickHouse writes it. 007, +1, 12e5 and
// 1E400 are codes, not numbers.
func isNumber(text []byte) bool {
	i := 0
	if text[0] == '-' {
		i = 1
	}
	first := i
	for i < len(text) && digit(text[i]) {
		i++
	}
	whole := i - first
	if whole == 0 || whole > 1 && text[first] == '0' {
		return false
	}
	if i < len(text) && text[i] == '.' {
		point := i
		for i++; i < len(text) && digit(text[i]); i++ {
		}
		if i == point+1 {
			return false
		}
	}
	return i == len(text) || whole == 1 && text[first] != '0' && text[i] == 'e' && isExponent(text, i+1)
}

// isExponent reads the exponent at text[i], after the e.
func isExponent(text []byte, i int) bool {
	const least, small, large = -999, -5, 15 // exponents between small and large are written without e
	digits := i
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		digits++
	}
	if n := len(text) - digits; n < 1 || n > 3 {
		return false
	}
	exponent, err := strconv.Atoi(string(text[i:]))
	if err != nil || exponent < least || exponent > small && exponent < large {
		return false
	}
	_, err = strconv.ParseFloat(string(text), 64)
	return err == nil
}

// notNumber reports whether a cell is what programs write for a missing or infinite number.
func notNumber(cell []byte) bool {
	const longest = len("-Infinity")
	if len(cell) > longest || len(cell) < len("nan") {
		return false
	}
	if cell[0] == '-' || cell[0] == '+' {
		cell = cell[1:]
	}
	switch string(cell) {
	case "nan", "NaN", "NAN", "inf", "Inf", "INF", "infinity", "Infinity", "INFINITY":
		return true
	}
	return false
}

// appendTyped writes a cell that is not text as JSON: True as true.
func appendTyped(dst, cell []byte, kind cellKinds) []byte {
	if kind == pythonBool {
		return append(append(dst, cell[0]|0x20), cell[1:]...)
	}
	return append(dst, cell...)
}

// null reports whether a cell is empty or ClickHouse's way to write NULL.
func null(cell []byte) bool { return len(cell) == 0 || string(cell) == `\N` }
