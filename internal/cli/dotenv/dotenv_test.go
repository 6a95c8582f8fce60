package dotenv

import (
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// isOurs reports whether a setting has the name of one of ours.
func isOurs(name string) bool {
	return strings.HasPrefix(name, "PH2CIO_") || strings.HasPrefix(name, "CUSTOMERIO_")
}

var isName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// systemdReads is what systemd makes of an EnvironmentFile=, by systemd.exec(5): the oracle for our own
// reading. ok is false for a file that it does not take at all.
func systemdReads(text string) (values map[string]string, ok bool) {
	const (
		beforeName = iota
		inName
		beforeValue
		inValue
		afterBackslash
		inSingle
		inDouble
		afterDoubleBackslash
		inComment
	)
	values, ok = map[string]string{}, !strings.Contains(text, "\x00")
	name, value := "", []byte{}
	trimmed := -1 // where the blanks at the end of the value begin
	end := func(trim bool) {
		if trim && trimmed >= 0 {
			value = value[:trimmed]
		}
		name = strings.TrimRight(name, " \t\n\r")
		ok = ok && validText(name) && validText(string(value))
		if isName.MatchString(name) { // others it ignores, and logs that
			values[name] = string(value)
		}
	}
	state := beforeName
	for i := range len(text) {
		c := text[i]
		newline, blank := c == '\n' || c == '\r', strings.IndexByte(" \t\n\r", c) >= 0
		switch state {
		case beforeName:
			if c == '#' || c == ';' {
				state = inComment
			} else if !blank {
				state, name = inName, text[i:i+1]
			}
		case inName:
			if newline {
				state = beforeName // a line without = is ignored
			} else if c == '=' {
				state, value, trimmed = beforeValue, []byte{}, -1
			} else {
				name += text[i : i+1]
			}
		case beforeValue:
			switch {
			case newline:
				end(false)
				state = beforeName
			case c == '\'':
				state = inSingle
			case c == '"':
				state = inDouble
			case c == '\\':
				state = afterBackslash
			case !blank:
				state, value = inValue, append(value, c)
			}
		case inValue:
			switch {
			case newline:
				end(true)
				state = beforeName
			case c == '\\':
				state, trimmed = afterBackslash, -1
			default:
				if !blank {
					trimmed = -1
				} else if trimmed < 0 {
					trimmed = len(value)
				}
				value = append(value, c)
			}
		case afterBackslash:
			if state = inValue; !newline {
				value = append(value, c)
			}
		case inSingle:
			if c == '\'' {
				state = beforeValue
			} else {
				value = append(value, c)
			}
		case inDouble:
			if c == '"' {
				state = beforeValue
			} else if c == '\\' {
				state = afterDoubleBackslash
			} else {
				value = append(value, c)
			}
		case afterDoubleBackslash:
			state = inDouble
			if strings.IndexByte("\"\\`$", c) >= 0 {
				value = append(value, c)
			} else if c != '\n' {
				value = append(value, '\\', c)
			}
		case inComment:
			if newline {
				state = beforeName
			}
		}
	}
	if state >= beforeValue && state != inComment {
		end(state == inValue)
	}
	return values, ok
}

// settingsFiles are files as people and programs write them.
var settingsFiles = []string{
	"", "\n\n", "PH2CIO_RATE=5", "PH2CIO_RATE=5\n", " \tPH2CIO_RATE \t= \t5 \t\n", "PH2CIO_RATE=5\r\nPH2CIO_STATE=/x y\r\n", "PH2CIO_RATE=\nPH2CIO_STATE=''\n",
	"\ufeffPH2CIO_RATE=5\nPH2CIO_STATE=x\n", "\ufeff# settings\nPH2CIO_RATE=5\n",
	"# a comment\n; another\n  # and one\nPH2CIO_RATE=5\n", "PH2CIO_RATE=5 # fast\n", "PH2CIO_STATE=a#b\n", "PH2CIO_STATE=\"a # b\" \n", "PH2CIO_STATE='x' # y\n",
	"# ends in \\\nPH2CIO_RATE=5\n", "PH2CIO_STATE=#x\n", "PH2CIO_STATE= # x\n",
	"CUSTOMERIO_API_KEY=pa$$word$A${B}$(C)$a$\n", "A=1\nCUSTOMERIO_API_KEY=x$A\n", "CUSTOMERIO_API_KEY=\"x$A\\$A\"\n", "CUSTOMERIO_API_KEY='x$A'\n", "CUSTOMERIO_API_KEY=x\\$A\n",
	"PH2CIO_STATE=C:\\new\\table\n", "PH2CIO_STATE=\"C:\\new\"\n", "PH2CIO_STATE='C:\\new\\'\n", "PH2CIO_USER_ID=\"^u_\\d+$\"\n", "PH2CIO_USER_ID='^u_\\d+$'\n", "PH2CIO_STATE=a\\ \n",
	"PH2CIO_STATE=one\\\n two\\\n  \nPH2CIO_RATE=5\n", "PH2CIO_STATE=one\\\r\ntwo\n", "PH2CIO_STATE=one\\", "PH2CIO_STATE=\"one\\\ntwo\"\n", "PH2CIO_STATE=\\\nx\n",
	"PH2CIO_PERSON_ATTRIBUTE=\"a=1\nb=2\"\nPH2CIO_RATE=5\n", "PH2CIO_PERSON_ATTRIBUTE='a=1\r\nb=2'\r\n", "PH2CIO_PERSON_ATTRIBUTE=\"a=1\\nb=2\"\n",
	"PH2CIO_STATE=\"open\nPH2CIO_RATE=5\n", "A=\"open\nPH2CIO_RATE=\"5\"\n", "A=it's\nPH2CIO_RATE=5\n", "A='it\\'s'\n", "PH2CIO_STATE='it'\\''s'\n", "PH2CIO_STATE=\"a\"b\n", "PH2CIO_STATE=a\"b\"\n",
	"PH2CIO_STATE=\"a\" \"b\"\n", "PH2CIO_STATE=\"\"\"\"\n", "PH2CIO_STATE='\"'\n", "PH2CIO_STATE=\"\\\"a\\\"\"\n", "PH2CIO_STATE=\"a\\\\\"\n", "PH2CIO_STATE=\"`\\`\"\n", "PH2CIO_STATE=\"a\\",
	"export PH2CIO_RATE=5\n", "export\tA=1\n", "exportPH2CIO_RATE=5\n", "export=1\n", "PH2CIO_RATE: 5\n", "PH2CIO-RATE=5\n", "1A=5\n", "=5\n", "PH2CIO_RATE\n", "PH2CIO_RATE", "a.b=1\n",
	"PH2CIO_RATE=5\nPH2CIO_RATE=6\n", "A=1\nA=2\n", "PH2CIO_EVENT_ATTRIBUTE=a=b=c\n", "PH2CIO_STATE=Zürich/東京/\U0001f600\n", "PH2CIO_STATE=\xff\n", "A=\xff\n", "# \xff\nA=1\n", "PH2CIO_STATE=\uffff\n",
	"PH2CIO_STATE=a\tb\n", "PH2CIO_STATE=\tb\t\n", "PH2CIO_STATE=a\x1bb\n", "PH2CIO_STATE=a\x00b\n", "PH2CIO_STATE=\u00a0a\u00a0\n", "PH2CIO_STATE=a\rPH2CIO_RATE=5\r", "PH2CIO_STATE='a\rb'\n", "\xff\xfeP\x00H\x00",
	"PH2CIO_STATE=${0}${1}\n0=x\n", "PH2CIO_STATE=\v a \f\n",
}

// TestSettingsAsSystemdReadsThem holds each file against what systemd makes of it.
func TestSettingsAsSystemdReadsThem(t *testing.T) {
	taken := 0
	for _, text := range settingsFiles {
		if checkSettings(t, text) {
			taken++
		}
	}
	if taken < 30 || taken == len(settingsFiles) {
		t.Errorf("%d of %d files were taken", taken, len(settingsFiles))
	}
	long := strings.Repeat("a$B\\\"'# ", 1<<17)
	for _, text := range []string{"A=" + long, "PH2CIO_STATE='" + strings.ReplaceAll(long, "'", "") + "'", "#" + long + "\nPH2CIO_RATE=5", strings.Repeat("A=$B\n", 1<<18)} {
		checkSettings(t, text)
	}
}

// TestTheExampleIsAsSystemdReadsIt holds the example of a settings file, with all settings in use.
func TestTheExampleIsAsSystemdReadsIt(t *testing.T) {
	text, err := os.ReadFile("../../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	if !checkSettings(t, regexp.MustCompile(`(?m)^#([A-Z0-9_]+=)`).ReplaceAllString(string(text), "$1")) {
		t.Error("it was not taken")
	}
}

// checkSettings reports whether a file was taken. Then its values must be systemd's; what is bad is named by
// its line alone.
func checkSettings(t *testing.T, text string) bool {
	t.Helper()
	got, warnings, bad := Parse(text, isOurs)
	for _, line := range append(warnings, bad...) {
		if !utf8.ValidString(line) || len(line) > 250 || strings.ContainsFunc(line, isControl) {
			t.Errorf("%.200q: it says %.300q", text, line)
		}
	}
	if len(bad) > 0 {
		return false
	}
	want, ok := systemdReads(strings.TrimPrefix(text, ByteOrderMark))
	if !ok {
		t.Errorf("%.200q was taken, and systemd refuses it", text)
	}
	if strings.Contains(strings.Join(warnings, "\n"), "behind export") || regexp.MustCompile(`(?m)^[ \t]*export[ \t]`).MatchString(text) {
		for name := range got { // which systemd does not read, in any case
			if _, there := want[name]; !there || !isOurs(name) {
				delete(got, name)
				delete(want, name)
			}
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("%.200q is read as %.200q, by systemd as %.200q", text, got, want)
	}
	return true
}

func FuzzSettings(f *testing.F) {
	for _, text := range settingsFiles {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "export") {
			Parse(text, isOurs)
			return
		}
		checkSettings(t, text)
	})
}

// TestBadSettingsAreNamedByTheirLines holds what is said of a line: its number, the name of a setting of
// ours, and nothing of its text.
func TestBadSettingsAreNamedByTheirLines(t *testing.T) {
	for text, want := range map[string][]string{
		"\n\nhush me\n":                      {"line 3 is not NAME=value"},
		"A=1\r\nhush-me=1\r\nhush\r\n":       {"line 2 is not NAME=value: a name has only letters, digits and _", "line 3 is not NAME=value"},
		"CUSTOMERIO_API_KEY=hush # me":       {"line 1 (CUSTOMERIO_API_KEY) has a # that would become part of the value; put a comment on its own line, or the value in quotes"},
		"CUSTOMERIO_API_KEY='hush' # me":     {"line 1 (CUSTOMERIO_API_KEY) has text after the closing quote; put the whole value in one pair of quotes, and any comment on its own line"},
		"\n# x\nPH2CIO_STATE=C:\\hush":       {"line 3 (PH2CIO_STATE) has a backslash that systemd would remove; put the value in single quotes"},
		"PH2CIO_STATE=\"hush\\nme\"":         {`line 1 (PH2CIO_STATE) has a backslash in double quotes, which systemd keeps; for a line break, break the line; for a backslash, use single quotes`},
		"PH2CIO_RATE=1\nA='hush\nme\n":       {"line 2 opens a quote and never closes it"},
		"A='hush\nPH2CIO_STATE='me\n":        {"line 1 opens a quote that closes on a later line, with more text after it"},
		"PH2CIO_STATE=a\x07\nA=\x07\n":       {"line 1 (PH2CIO_STATE) has a control character"},
		"A=\xe4\n":                           {"line 1 is not UTF-8"},
		"A=1\nB=a\x00b\n":                    {"line 2 contains a NUL byte"},
		"\xff\xfeA\x00=\x00":                 {"the file is UTF-16; save it as UTF-8"},
		"CUSTOMERIO_API_KEY=hush$A\n":        {"line 1: the $ in CUSTOMERIO_API_KEY is kept as typed; variables are not expanded"},
		"B=$A\nCUSTOMERIO_API_KEY='hush$A'":  nil,
		"B=C:\\x # y\nC='it\\'s'":            nil,
		"export PH2CIO_RATE=5":               {"line 1: systemd ignores PH2CIO_RATE because the line begins with export"},
		"PH2CIO_RATE=5\nA=1\nPH2CIO_RATE=6":  {"line 3: PH2CIO_RATE is also set in line 1; this line wins"},
		"\ufeffPH2CIO_RATE=5\n":              {"line 1: systemd ignores this line because a byte order mark comes before it"},
		"\n# hush \\\nPH2CIO_RATE=5\n":       {"line 2: older versions of systemd skip the line after a comment that ends in a backslash"},
		"PH2CIO_STATE='a\nb'\nPH2CIO_RATE\n": {"line 3 is not NAME=value"},
	} {
		_, warnings, bad := Parse(text, isOurs)
		if diff := cmp.Diff(want, append(warnings, bad...)); diff != "" {
			t.Errorf("%q, want -, got +:\n%s", text, diff)
		}
	}
}
