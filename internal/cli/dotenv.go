package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/joho/godotenv"

	"ph2cio/internal/report"
)

// dotenv is what a settings file said.
type dotenv struct {
	path     string // empty when there was none
	values   map[string]string
	warnings []string // lines that may not mean what they seem to; they name no value
}

// loadDotenv reads a settings file; this is the only place that does. The error is of the file, or names
// every bad line by its number: a line may hold a secret, so none is quoted.
func loadDotenv(path string) (dotenv, error) {
	text, err := readEnvFile(path)
	if err != nil {
		if e, ok := errors.AsType[*fs.PathError](err); ok {
			err = e.Err // which does not name the file again
		}
		return dotenv{}, fmt.Errorf("read settings from %s: %w", path, err)
	}
	d := dotenv{path: path}
	var bad []string
	d.values, d.warnings, bad = parseDotenv(string(text))
	var errs []error
	for i, line := range bad {
		if i == maxBadLines {
			errs = append(errs, fmt.Errorf("%s: %s", path, report.Plural(len(bad)-i, "more bad line", "more bad lines")))
			break
		}
		errs = append(errs, fmt.Errorf("%s: %s", path, line))
	}
	return d, errors.Join(errs...)
}

// maxBadLines is how many bad lines of a settings file are told.
const maxBadLines = 20

// godotenvHead and godotenvText write a value in double quotes so that godotenv reads just that value: what
// it would unescape, expand or trim comes from a variable with a number for its name, which no setting has.
const godotenvHead = "0=\\\n1='\"'\n2='$'\n3=\"\\r\"\n"

var godotenvText = strings.NewReplacer(`\`, "${0}", `"`, "${1}", "$", "${2}", "\r", "${3}")

// parseDotenv reads the text of a settings file. godotenv's dialect and that of systemd's EnvironmentFile=
// differ in escapes, comments and expansion, and one file serves both: so the file is cut into settings by
// systemd's rules (systemd.exec(5)), and each is handed to godotenv in a form that both read alike. Where
// people would mean something else than systemd reads, a line with a setting of ours is bad; the settings of
// other programs may stand as they like.
func parseDotenv(text string) (values map[string]string, warnings, bad []string) {
	if why := notText(text); why != "" {
		return nil, nil, []string{why}
	}
	s := &dotenvScan{text: text, line: 1, lines: map[string]int{}}
	if strings.HasPrefix(text, byteOrderMark) {
		s.at = len(byteOrderMark)
		if first := strings.TrimLeft(firstLine(text[s.at:]), blanks); first != "" && strings.IndexByte("#;", first[0]) < 0 {
			s.warn(1, "systemd ignores this line because a byte order mark comes before it")
		}
	}
	s.out.WriteString(godotenvHead)
	s.scan()
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

const byteOrderMark = "\ufeff"

// notText says why a file is no text; empty if it is.
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

// dotenvScan cuts a settings file into its settings.
type dotenvScan struct {
	text string
	at   int // what comes before is read
	line int // of at, from 1
	seen int // up to where lines were counted

	out           strings.Builder // for godotenv
	lines         map[string]int  // where each of our settings stands
	warnings, bad []string
}

const (
	blanks   = " \t"
	lineEnds = "\r\n"
)

func (s *dotenvScan) scan() {
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

// lineHere is the number of the line that is being read.
func (s *dotenvScan) lineHere() int {
	s.line += strings.Count(s.text[s.seen:s.at], "\n")
	s.seen = s.at
	return s.line
}

func (s *dotenvScan) warn(line int, text string) {
	s.warnings = append(s.warnings, fmt.Sprintf("line %d: %s", line, text))
}

func (s *dotenvScan) noteBad(line int, why string) {
	s.bad = append(s.bad, fmt.Sprintf("line %d %s", line, why))
}

// comment skips a line of comment. Up to version 253 systemd takes the next line as a part of one that ends
// in a backslash.
func (s *dotenvScan) comment() {
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
func (s *dotenvScan) setting() {
	line := s.lineHere()
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
	v := &dotenvValue{dotenvScan: s}
	begin := s.at
	v.read()
	switch ours := isOurVariable(bare); {
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

// warnOf says what else there is to know of one of our settings.
func (s *dotenvScan) warnOf(line int, name string, export bool, v *dotenvValue) {
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

// isOurVariable reports whether a name is one of this program's.
func isOurVariable(name string) bool {
	return strings.HasPrefix(name, "PH2CIO_") || strings.HasPrefix(name, "CUSTOMERIO_")
}

// readEnvFile reads a file of settings. The null device stands for an empty one.
func readEnvFile(path string) ([]byte, error) {
	if path == os.DevNull {
		return []byte{}, nil
	}
	return readSmallFile(path)
}
