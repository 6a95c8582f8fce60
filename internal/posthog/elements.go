package posthog

import "math/bits"

// elements cuts a JSON array at the commas between its elements. A row is an element with the comma before
// it, if there is one. The last row is the text after the last element, from the closing bracket to the end
// of the document; it is not decoded. Cutting looks only at brackets and quotes; decoding finds elements that
// are not valid JSON.
//
// It remembers how far it has scanned the first row of its text, so that a long row is not scanned again with
// each window.
type elements struct {
	at      int // how much of the row has been scanned
	depth   int // of brackets there
	begun   bool
	quoted  bool // within a string
	escaped bool // after a backslash
	over    bool // after the last element
}

func (s *elements) split(data []byte, _ splitting) (n, rows int, ends []uint32) {
	for {
		end, ok := s.end(data[n:])
		if !ok {
			return n, len(ends), ends
		}
		n += end
		ends = append(ends, uint32(n))
		*s = elements{}
	}
}

// skip returns the text after a row that was given up, nil if the row continues.
func (s *elements) skip(text []byte) (rest []byte, ok bool) {
	s.at = 0
	end, ok := s.end(text)
	if !ok {
		return nil, false
	}
	*s = elements{}
	return text[end:], true
}

// end returns where the row ends that data begins with: at a comma or bracket that is not its own.
func (s *elements) end(data []byte) (end int, ok bool) {
	i := s.at
	for i < len(data) && !s.over {
		c := data[i]
		switch {
		case s.quoted:
			i = s.string(data, i)
			continue
		case c == '"':
			s.quoted = true
		case c == '{' || c == '[':
			s.depth++
		case c == ']' && s.depth == 0:
			if s.begun {
				return i, true
			}
			s.over = true
		case c == '}' || c == ']':
			s.depth = max(0, s.depth-1)
		case c == ',' && s.depth == 0 && (i > 0 || s.begun):
			return i, true
		}
		// After a comma at the beginning of a row, a bracket ends an empty row, not the array.
		s.begun = s.begun || c > ' '
		i++
	}
	s.at = len(data)
	return 0, false
}

// string continues within a string and returns the index after its closing quote, or len(data).
func (s *elements) string(data []byte, i int) int {
	if s.escaped {
		s.escaped = false
		i++
	}
	for i < len(data) {
		i = quoteOrBackslash(data, i)
		if i == len(data) {
			break
		}
		if data[i] == '"' {
			s.quoted = false
			return i + 1
		}
		if i += 2; i > len(data) {
			s.escaped = true
			return len(data)
		}
	}
	return i
}

// quoteOrBackslash returns the index of the first of both, or len(data).
func quoteOrBackslash(data []byte, i int) int {
	for ; i+8 <= len(data); i += 8 {
		w := load8(data, i)
		quote, slash := w^'"'*ones, w^'\\'*ones
		if m := ((quote-ones)&^quote | (slash-ones)&^slash) & highs; m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for i < len(data) && data[i] != '"' && data[i] != '\\' {
		i++
	}
	return i
}
