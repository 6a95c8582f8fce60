package rawjson

// The functions of this file validate what they read. The text is data[i:end], guarded, and marks are its
// special characters (MarkSpecials). Each takes the index of a token's first byte and returns the index after
// the token, or -1 if it is not valid JSON. Together they accept exactly what encoding/json accepts, which
// FuzzScan checks. Those that know where values nest are methods of Scanner.

const (
	// Guard is how many bytes must follow a text that is scanned, the first of them a newline or a zero. Then
	// no loop needs to check for the end: a control character ends every token, and eight bytes may be loaded
	// anywhere in the text.
	Guard = 64

	MaxDepth = 10000 // the deepest nesting that encoding/json accepts
)

// A Scanner scans values and objects of one text after the other, in memory that it reuses. The zero value
// has no text.
type Scanner struct {
	Data  []byte   // the text, guarded
	Marks []uint64 // its special characters

	kinds [MaxDepth/64 + 1]uint64 // one bit for each open level, set where the level is an object
}

// Begin makes data[:end] the text. A guard must follow it, see Guard.
func (s *Scanner) Begin(data []byte, end int) {
	s.Data, s.Marks = data, MarkSpecials(s.Marks, data, end)
}

// ScanString takes the index after the opening quote and returns that of the closing one, and whether there
// is a backslash between them.
func ScanString(data []byte, marks []uint64, i int) (end int, escaped bool) {
	for {
		k, m := SpecialsFrom(marks, i)
		i, _, _ = NextSpecial(marks, k, m)
		switch data[i] {
		case '"':
			return i, escaped
		case '\\':
			escaped = true
			if i = scanEscape(data, i); i < 0 {
				return -1, false
			}
		default:
			return -1, false
		}
	}
}

// scanEscape takes the index of a backslash.
func scanEscape(data []byte, i int) int {
	switch data[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		for _, c := range data[i+2 : i+6] {
			if hexValue[c] == notHex {
				return -1
			}
		}
		return i + 6
	}
	return -1
}

// Value scans any value, which is nested depth levels deep.
func (s *Scanner) Value(i, end, depth int) int {
	switch s.Data[i] {
	case '"':
		if i, _ = ScanString(s.Data, s.Marks, i+1); i < 0 {
			return -1
		}
		return i + 1
	case '{', '[':
		return s.nested(i, end, depth)
	default:
		return ScanScalar(s.Data, i)
	}
}

// ScanScalar scans a number, true, false or null.
func ScanScalar(data []byte, i int) int {
	switch data[i] {
	case 't':
		if uint32(load8(data, i)) == 't'|'r'<<8|'u'<<16|'e'<<24 {
			return i + 4
		}
	case 'n':
		if uint32(load8(data, i)) == 'n'|'u'<<8|'l'<<16|'l'<<24 {
			return i + 4
		}
	case 'f':
		if uint32(load8(data, i+1)) == 'a'|'l'<<8|'s'<<16|'e'<<24 {
			return i + 5
		}
	default:
		return ScanNumber(data, i)
	}
	return -1
}

// ScanNumber scans a number. It needs the guard, but no special characters.
func ScanNumber(data []byte, i int) int {
	if data[i] == '-' {
		i++
	}
	switch {
	case data[i] == '0':
		i++
	case digit(data[i]):
		i = scanDigits(data, i)
	default:
		return -1
	}
	if data[i] == '.' {
		if i++; !digit(data[i]) {
			return -1
		}
		i = scanDigits(data, i)
	}
	if data[i]|0x20 == 'e' {
		if i++; data[i] == '+' || data[i] == '-' {
			i++
		}
		if !digit(data[i]) {
			return -1
		}
		i = scanDigits(data, i)
	}
	return i
}

func digit(c byte) bool { return c-'0' < 10 }

func scanDigits(data []byte, i int) int {
	for digit(data[i]) {
		i++
	}
	return i
}

// ScanSpace skips white space. A newline is white space before end only: a row of a file of lines is scanned
// with end 0 and ends at its newline.
func ScanSpace(data []byte, i, end int) int {
	for {
		switch data[i] {
		case ' ', '\t', '\r':
		case '\n':
			if i >= end {
				return i
			}
		default:
			return i
		}
		i++
	}
}

// nested scans an object or an array, which is nested depth levels deep.
func (s *Scanner) nested(i, end, depth int) int {
	data, marks, kinds := s.Data, s.Marks, &s.kinds
	outside := depth
	object := false
value:
	switch c := data[i]; c {
	case '{', '[':
		if depth++; depth > MaxDepth {
			return -1
		}
		object = c == '{'
		if object {
			kinds[depth>>6] |= 1 << (depth & 63)
		} else {
			kinds[depth>>6] &^= 1 << (depth & 63)
		}
		if i++; data[i] <= ' ' {
			i = ScanSpace(data, i, end)
		}
		if data[i] == c+2 { // in ASCII the closing one is two after the opening one
			goto closed
		}
		if object {
			goto key
		}
		goto value
	case '"':
		if i, _ = ScanString(data, marks, i+1); i < 0 {
			return -1
		}
		i++
	default:
		if i = ScanScalar(data, i); i < 0 {
			return -1
		}
	}
after:
	if data[i] <= ' ' {
		i = ScanSpace(data, i, end)
	}
	if data[i] == ',' {
		if i++; data[i] <= ' ' {
			i = ScanSpace(data, i, end)
		}
		if object {
			goto key
		}
		goto value
	}
	if object && data[i] != '}' || !object && data[i] != ']' {
		return -1
	}
closed:
	i++
	if depth--; depth == outside {
		return i
	}
	object = kinds[depth>>6]>>(depth&63)&1 != 0
	goto after
key:
	if i = scanKey(data, marks, i, end); i < 0 {
		return -1
	}
	goto value
}

// scanKey takes the index of a key and returns that of its value.
func scanKey(data []byte, marks []uint64, i, end int) int {
	if data[i] != '"' {
		return -1
	}
	if i, _ = ScanString(data, marks, i+1); i < 0 {
		return -1
	}
	return ScanColon(data, i+1, end)
}

// ScanColon takes the index after a key's closing quote and returns that of its value.
func ScanColon(data []byte, i, end int) int {
	if data[i] <= ' ' {
		i = ScanSpace(data, i, end)
	}
	if data[i] != ':' {
		return -1
	}
	if i++; data[i] <= ' ' {
		i = ScanSpace(data, i, end)
	}
	return i
}
