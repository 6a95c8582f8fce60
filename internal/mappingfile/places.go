package mappingfile

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// places finds where the characters of a scalar stand in the file. Between the scalar's text and the file's
// only white space differs, beside quotes and escapes, so that all other characters are found in order.
type places struct {
	s    source
	at   Position
	rest string // of the line at at
	in   style
}

// within returns the place of the character at an offset in bytes of a scalar's text; the scalar's own place
// if it is not found.
func (s source) within(n *node, offset int) Position {
	p := places{s: s, at: n.at, in: n.style}
	switch n.style {
	case block:
		p.at = Position{n.at.Line + 1, 1}
	case singleQuoted, doubleQuoted:
		p.at.Column++
	}
	p.rest = s.from(p.at)
	for i, r := range n.text {
		if !p.reach(r) {
			return n.at
		}
		if i >= offset {
			return p.at
		}
		if c, next, ok := p.peek(); ok && c == r {
			p = next
		}
	}
	return p.at
}

// reach steps over white space up to a character of the scalar. It stays before white space, which may be
// another in the file or none. It reports whether the character may be what follows.
func (p *places) reach(want rune) bool {
	for !isSpace(want) {
		c, next, ok := p.peek()
		switch {
		case ok && c == want:
			return true
		case !ok || !isSpace(c) && c != continued:
			return false
		}
		*p = next
	}
	return true
}

// continued is what peek returns for a \ at the end of a line.
const continued = utf8.RuneError + 1<<20

// peek returns the next character of the file within the scalar, with escapes resolved, and what is behind
// it.
func (p *places) peek() (c rune, next places, ok bool) {
	next = *p
	if p.rest == "" {
		if p.at.Line >= len(p.s.lines) {
			return 0, next, false
		}
		next.at = Position{p.at.Line + 1, 1}
		next.rest = p.s.line(next.at.Line)
		return '\n', next, true
	}
	size := 0
	switch {
	case p.in == singleQuoted && strings.HasPrefix(p.rest, "''"):
		c, size = '\'', 2
	case p.in == doubleQuoted && p.rest[0] == '\\':
		c, size = unescaped(p.rest)
	default:
		c, size = utf8.DecodeRuneInString(p.rest)
	}
	next.at.Column += utf8.RuneCountInString(p.rest[:size])
	next.rest = p.rest[size:]
	return c, next, true
}

// unescaped returns the character that an escape of YAML stands for, and the escape's length.
func unescaped(text string) (c rune, size int) {
	if len(text) == 1 {
		return continued, 1
	}
	simple := map[byte]rune{
		'0': 0, 'a': '\a', 'b': '\b', 't': '\t', '\t': '\t', 'n': '\n', 'v': '\v', 'f': '\f', 'r': '\r', 'e': 0x1B,
		'N': 0x85, '_': 0xA0, 'L': 0x2028, 'P': 0x2029,
	}
	if c, ok := simple[text[1]]; ok {
		return c, 2
	}
	if digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[text[1]]; digits > 0 && len(text) >= 2+digits {
		if n, err := strconv.ParseUint(text[2:2+digits], 16, 31); err == nil {
			return rune(n), 2 + digits
		}
	}
	c, size = utf8.DecodeRuneInString(text[1:])
	return c, 1 + size
}

func isSpace(r rune) bool { return r != 0xA0 && unicode.IsSpace(r) }
