package expression

import (
	"fmt"
	"unicode/utf8"
)

// Error says what is wrong with an expression, or why it has no value for a row. It names properties, never
// their values: those may be personal.
type Error struct {
	Line, Column int    // where in the expression, from 1; columns count characters
	Text         string // what is wrong
	Hint         string // what to write instead; empty if that is not known
}

// Error returns the place, what is wrong and the hint on one line.
func (e *Error) Error() string {
	text := fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Text)
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// source is the text of an expression.
type source string

// errorf returns an error for the place that has at characters before it.
func (s source) errorf(at int, format string, values ...any) *Error {
	e := &Error{Line: 1, Column: 1, Text: fmt.Sprintf(format, values...)}
	for _, r := range string(s) {
		if at == 0 {
			break
		}
		at--
		e.Column++
		if r == '\n' {
			e.Line++
			e.Column = 1
		}
	}
	return e
}

// hinted returns the error with a hint.
func (e *Error) hinted(format string, values ...any) *Error {
	e.Hint = fmt.Sprintf(format, values...)
	return e
}

// between returns the text from one place to another, both in characters.
func (s source) between(from, to int) string {
	return string(s[s.offset(from):s.offset(to)])
}

// offset returns the bytes before a place in characters.
func (s source) offset(at int) int {
	offset := 0
	for ; at > 0 && offset < len(s); at-- {
		_, size := utf8.DecodeRuneInString(string(s[offset:]))
		offset += size
	}
	return offset
}
