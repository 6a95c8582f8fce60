package cli

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// dotenvValue is the value of a setting, as systemd reads it.
type dotenvValue struct {
	*dotenvScan
	value   strings.Builder
	open    bool   // a quote is not closed
	more    bool   // there is more behind a closing quote
	expands bool   // others would put the value of a variable in
	flaw    string // why it may not mean what it seems to; empty for none
}

func (v *dotenvValue) read() {
	quoted := false
	for {
		v.at += len(v.text[v.at:]) - len(strings.TrimLeft(v.text[v.at:], blanks))
		if v.at == len(v.text) || strings.IndexByte(lineEnds, v.text[v.at]) >= 0 {
			return
		}
		if quoted {
			v.more = true
			v.noteFlaw("has text after the closing quote; put the whole value in one pair of quotes, and any comment on its own line")
		}
		switch v.text[v.at] {
		case '\'':
			v.readSingleQuoted()
		case '"':
			v.readDoubleQuoted()
		default:
			v.readUnquoted()
			return
		}
		quoted = true
	}
}

// noteFlaw notes the first flaw.
func (v *dotenvValue) noteFlaw(why string) {
	if v.flaw == "" {
		v.flaw = why
	}
}

func (v *dotenvValue) readSingleQuoted() {
	rest := v.text[v.at+1:]
	end := strings.IndexByte(rest, '\'')
	if v.open = end < 0; v.open {
		end = len(rest)
	}
	v.put(rest[:end])
	v.at = min(v.at+1+end+1, len(v.text))
}

// readDoubleQuoted reads a value in double quotes: a backslash stands for itself but before " \ $ ` and the end of a line.
func (v *dotenvValue) readDoubleQuoted() {
	for v.at++; v.at < len(v.text); v.at++ {
		switch c := v.text[v.at]; {
		case c == '"':
			v.at++
			return
		case c != '\\':
			v.mayExpand()
			v.put(v.text[v.at : v.at+1])
		default:
			v.at++
			v.escaped()
		}
	}
	v.at, v.open = len(v.text), true
}

// escaped puts what a backslash in double quotes makes of the byte behind it.
func (v *dotenvValue) escaped() {
	if v.at == len(v.text) {
		return
	}
	c := v.text[v.at]
	switch {
	case c == '\n':
		return
	case strings.IndexByte("\"\\$`", c) < 0:
		v.value.WriteByte('\\')
	}
	if strings.IndexByte("nrt\r", c) >= 0 {
		v.noteFlaw(`has a backslash in double quotes, which systemd keeps; for a line break, break the line; for a backslash, use single quotes`)
	}
	v.put(v.text[v.at : v.at+1])
}

// readUnquoted reads a value without quotes to the end of its line, or of the next one behind a backslash. Blanks at
// its end go.
func (v *dotenvValue) readUnquoted() {
	kept := v.value.Len() // up to the last byte that is no blank
	for ; v.at < len(v.text) && strings.IndexByte(lineEnds, v.text[v.at]) < 0; v.at++ {
		c := v.text[v.at]
		switch {
		case c == '\\':
			if v.at++; v.at == len(v.text) {
				v.noteFlaw("ends in a backslash")
				return
			}
			kept = v.afterBackslash()
			continue
		case c == '#' && strings.IndexByte(blanks, v.text[v.at-1]) >= 0:
			v.noteFlaw("has a # that would become part of the value; put a comment on its own line, or the value in quotes")
		}
		v.mayExpand()
		v.put(v.text[v.at : v.at+1])
		if strings.IndexByte(blanks, c) < 0 {
			kept = v.value.Len()
		}
	}
	trimmed := v.value.String()[:kept]
	v.value.Reset()
	v.value.WriteString(trimmed)
}

// afterBackslash puts the byte behind a backslash, but the end of a line, and returns how long the value is.
func (v *dotenvValue) afterBackslash() int {
	switch c := v.text[v.at]; c {
	case '\n':
	case '\r':
		v.noteFlaw("ends in a backslash, which does not join lines with Windows line ends (CRLF)")
	case '$':
		v.put("$")
	default:
		v.noteFlaw("has a backslash that systemd would remove; put the value in single quotes")
		v.put(v.text[v.at : v.at+1])
	}
	return v.value.Len()
}

// put adds to the value. A control character is a mistake, and some versions of systemd leave out a setting
// with one.
func (v *dotenvValue) put(text string) {
	if strings.ContainsFunc(text, isControl) {
		v.noteFlaw("has a control character")
	}
	v.value.WriteString(text)
}

func isControl(r rune) bool { return r == 0x7f || r < ' ' && r != '\t' && r != '\n' && r != '\r' }

// expandable is what godotenv would put the value of a variable in for.
var expandable = regexp.MustCompile(`^\$\(?\{?[A-Z0-9_]`)

func (v *dotenvValue) mayExpand() {
	if v.text[v.at] == '$' && expandable.MatchString(v.text[v.at:min(v.at+4, len(v.text))]) {
		v.expands = true
	}
}

// validText reports whether a value is UTF-8 without noncharacters, as systemd wants it.
func validText(value string) bool {
	return utf8.ValidString(value) && !strings.ContainsFunc(value, func(r rune) bool {
		return r >= 0xfdd0 && r <= 0xfdef || r&0xfffe == 0xfffe
	})
}
