// Package dotenv reads the text of .env files, as systemd reads them.
package dotenv

import (
	"fmt"
	"strings"

	"github.com/joho/godotenv"
)

// godotenvHead and godotenvText write a value in double quotes so that godotenv reads exactly that value.
// What it would unescape, expand or trim comes from a variable whose name is a digit, which no setting has.
const godotenvHead = "0=\\\n1='\"'\n2='$'\n3=\"\\r\"\n"

var godotenvText = strings.NewReplacer(`\`, "${0}", `"`, "${1}", "$", "${2}", "\r", "${3}")

// Parse reads the text of a settings file. bad says what is wrong with it, each with the number of its line;
// then there are no values. warnings name lines that may not mean what they seem to. Neither quotes a value,
// which may be a secret. ours reports whether a setting is one of this program.
//
// One file serves godotenv and systemd's EnvironmentFile=, which differ in escapes, comments and expansion. So
// the file is cut into settings by systemd's rules (systemd.exec(5)), and each is handed to godotenv in a form
// that both read alike. A line with one of our settings that people would read differently from systemd is
// bad; the settings of other programs may be written in any way.
func Parse(text string, ours func(name string) bool) (values map[string]string, warnings, bad []string) {
	if why := notText(text); why != "" {
		return nil, nil, []string{why}
	}
	s := &scan{text: text, ours: ours, line: 1, lines: map[string]int{}}
	if strings.HasPrefix(text, ByteOrderMark) {
		s.at = len(ByteOrderMark)
		if first := strings.TrimLeft(firstLine(text[s.at:]), blanks); first != "" && strings.IndexByte("#;", first[0]) < 0 {
			s.warn(1, "systemd ignores this line because a byte order mark comes before it")
		}
	}
	s.out.WriteString(godotenvHead)
	s.all()
	if len(s.bad) > 0 {
		return nil, s.warnings, s.bad
	}
	values, err := godotenv.Unmarshal(s.out.String())
	if err != nil {
		return nil, s.warnings, []string{"cannot be parsed"} // godotenv's own words may quote it
	}
	for _, name := range []string{"0", "1", "2", "3"} {
		delete(values, name)
	}
	return values, s.warnings, nil
}

// ByteOrderMark is what some editors put before the text of a file.
const ByteOrderMark = "\ufeff"

// notText says why a file is not text, empty if it is.
func notText(text string) string {
	if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
		return "the file is UTF-16; save it as UTF-8"
	}
	if before, _, found := strings.Cut(text, "\x00"); found {
		return fmt.Sprintf("line %d contains a NUL byte", 1+strings.Count(before, "\n"))
	}
	return ""
}

func firstLine(text string) string {
	if end := strings.IndexAny(text, "\r\n"); end >= 0 {
		return text[:end]
	}
	return text
}
