package dotenv

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// scan cuts a settings file into its settings.
type scan struct {
	text string
	ours func(name string) bool

	at   int // everything before it has been read
	line int // of at, from 1
	seen int // up to where lines were counted

	out           strings.Builder // for godotenv
	places        []place
	lines         map[string]int // the line of each of our settings
	warnings, bad []string
}

// place is where a setting stands in the text.
type place struct {
	name       string
	at         int // of the first character of the line that is no blank
	value, end int // its value, with blanks and quotes, is text[value:end]
}

const (
	blanks   = " \t"
	lineEnds = "\r\n"
)

func (s *scan) all() {
	for {
		s.at += len(s.text[s.at:]) - len(strings.TrimLeft(s.text[s.at:], blanks+lineEnds))
		switch {
		case s.at == len(s.text):
			return
		case strings.IndexByte("#;", s.text[s.at]) >= 0:
			s.comment()
		default:
			s.setting()
		}
	}
}

// lineHere returns the number of the line at s.at.
func (s *scan) lineHere() int {
	s.line += strings.Count(s.text[s.seen:s.at], "\n")
	s.seen = s.at
	return s.line
}

func (s *scan) warn(line int, text string) {
	s.warnings = append(s.warnings, fmt.Sprintf("line %d: %s", line, text))
}

func (s *scan) noteBad(line int, why string) {
	s.bad = append(s.bad, fmt.Sprintf("line %d %s", line, why))
}

// comment skips a comment. Up to version 253, systemd skips the next line too if the comment ends in a
// backslash.
func (s *scan) comment() {
	line := s.lineHere()
	text := firstLine(s.text[s.at:])
	s.at += len(text)
	next := strings.TrimLeft(firstLine(strings.TrimPrefix(strings.TrimPrefix(s.text[s.at:], "\r"), "\n")), blanks)
	if strings.HasSuffix(text, `\`) && next != "" && strings.IndexByte("#;", next[0]) < 0 {
		s.warn(line, "older versions of systemd skip the line after a comment that ends in a backslash")
	}
}

var (
	settingNamePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	exportPrefix       = regexp.MustCompile(`^export[ \t]+`)
)

// setting reads NAME=value.
func (s *scan) setting() {
	line, at := s.lineHere(), s.at
	end := strings.IndexAny(s.text[s.at:], "="+lineEnds)
	if end < 0 || s.text[s.at+end] != '=' {
		s.at += max(end, 0)
		if end < 0 {
			s.at = len(s.text)
		}
		s.noteBad(line, "is not NAME=value")
		return
	}
	name := strings.TrimRight(s.text[s.at:s.at+end], blanks)
	s.at += end + 1
	bare := exportPrefix.ReplaceAllString(name, "")
	v := &value{scan: s}
	begin := s.at
	v.read()
	s.places = append(s.places, place{bare, at, begin, s.at})
	switch ours := s.ours(bare); {
	case !settingNamePattern.MatchString(bare):
		s.noteBad(line, "is not NAME=value: a name has only letters, digits and _")
		return
	case v.open:
		s.noteBad(line, "opens a quote and never closes it")
		return
	case v.more && strings.Contains(s.text[begin:s.at], "\n"):
		s.noteBad(line, "opens a quote that closes on a later line, with more text after it")
		return
	case !validText(v.value.String()):
		s.noteBad(line, "is not UTF-8")
		return
	case ours && v.flaw != "":
		s.noteBad(line, fmt.Sprintf("(%s) %s", bare, v.flaw))
		return
	case ours:
		s.warnOf(line, bare, bare != name, v)
	}
	fmt.Fprintf(&s.out, "%s=\"%s\"\n", bare, godotenvText.Replace(v.value.String()))
}

// warnOf warns of what may surprise in one of our settings.
func (s *scan) warnOf(line int, name string, export bool, v *value) {
	if export {
		s.warn(line, "systemd ignores "+name+" because the line begins with export")
	}
	if v.expands {
		s.warn(line, "the $ in "+name+" is kept as typed; variables are not expanded")
	}
	if before, twice := s.lines[name]; twice {
		s.warn(line, fmt.Sprintf("%s is also set in line %d; this line wins", name, before))
	}
	s.lines[name] = line
}

// value is the value of a setting, as systemd reads it.
type value struct {
	*scan
	value   strings.Builder
	open    bool   // a quote is not closed
	more    bool   // text follows a closing quote
	expands bool   // other programs would expand a variable in it
	flaw    string // why it may not mean what it seems to; empty for none
}

func (v *value) read() {
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

// noteFlaw notes the first flaw of a value.
func (v *value) noteFlaw(why string) {
	if v.flaw == "" {
		v.flaw = why
	}
}

func (v *value) readSingleQuoted() {
	rest := v.text[v.at+1:]
	end := strings.IndexByte(rest, '\'')
	if v.open = end < 0; v.open {
		end = len(rest)
	}
	v.put(rest[:end])
	v.at = min(v.at+1+end+1, len(v.text))
}

// readDoubleQuoted reads a value in double quotes. A backslash is kept, except before " \ $ ` and the end of
// a line.
func (v *value) readDoubleQuoted() {
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

// escaped adds the byte after a backslash in double quotes, with the backslash where systemd keeps it.
func (v *value) escaped() {
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

// readUnquoted reads a value without quotes up to the end of its line, where a backslash joins the next line.
// Blanks at the end are dropped.
func (v *value) readUnquoted() {
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

// afterBackslash adds the byte after a backslash, unless it ends the line, and returns the length of the
// value.
func (v *value) afterBackslash() int {
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

// put adds to the value. A control character is a mistake: some versions of systemd leave out a setting that
// has one.
func (v *value) put(text string) {
	if strings.ContainsFunc(text, isControl) {
		v.noteFlaw("has a control character")
	}
	v.value.WriteString(text)
}

func isControl(r rune) bool { return r == 0x7f || r < ' ' && r != '\t' && r != '\n' && r != '\r' }

// expandable matches what godotenv would replace by the value of a variable.
var expandable = regexp.MustCompile(`^\$\(?\{?[A-Z0-9_]`)

func (v *value) mayExpand() {
	if v.text[v.at] == '$' && expandable.MatchString(v.text[v.at:min(v.at+4, len(v.text))]) {
		v.expands = true
	}
}

// validText reports whether a value is UTF-8 without noncharacters, as systemd requires.
func validText(value string) bool {
	return utf8.ValidString(value) && !strings.ContainsFunc(value, func(r rune) bool {
		return r >= 0xfdd0 && r <= 0xfdef || r&0xfffe == 0xfffe
	})
}
