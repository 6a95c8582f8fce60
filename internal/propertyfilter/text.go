package propertyfilter

import (
	"unicode"
	"unicode/utf8"
)

// folded is a text with each character in one case.
type folded []rune

// foldedOf folds a text.
func foldedOf(text string) (f folded) {
	for _, r := range text {
		f = append(f, foldRune(r))
	}
	return f
}

// foldRune returns the smallest of the characters that differ from r only in case.
func foldRune(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z':
		return r - 'a' + 'A'
	case r < utf8.RuneSelf:
		return r
	}
	smallest := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		smallest = min(smallest, next)
	}
	return smallest
}

// in reports whether the folded text is a part of another text.
func (f folded) in(text []byte) bool {
	for {
		if f.begins(text) {
			return true
		}
		if len(text) == 0 {
			return false
		}
		_, size := utf8.DecodeRune(text)
		text = text[size:]
	}
}

// begins reports whether a text begins with the folded text.
func (f folded) begins(text []byte) bool {
	for _, want := range f {
		r, size := utf8.DecodeRune(text)
		if size == 0 || foldRune(r) != want {
			return false
		}
		text = text[size:]
	}
	return true
}
