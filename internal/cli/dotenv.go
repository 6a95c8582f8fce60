package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/joho/godotenv"

	"ph2cio/internal/report"
)

// dotenv is the content of a settings file.
type dotenv struct {
	path     string // empty when there was none
	values   map[string]string
	warnings []string // lines that may not mean what they seem to; they name no value
}

// loadDotenv reads a settings file; nothing else does. The error is that of the file, or names every bad line
// by its number. No line is quoted, because it may hold a secret.
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

// maxBadLines is how many bad lines of a settings file are listed.
const maxBadLines = 20

// godotenvHead and godotenvText write a value in double quotes so that godotenv reads exactly that value.
// What it would unescape, expand or trim comes from a variable whose name is a digit, which no setting has.
const godotenvHead = "0=\\\n1='\"'\n2='$'\n3=\"\\r\"\n"

var godotenvText = strings.NewReplacer(`\`, "${0}", `"`, "${1}", "$", "${2}", "\r", "${3}")

// parseDotenv reads the text of a settings file. One file serves godotenv and systemd's EnvironmentFile=,
// which differ in escapes, comments and expansion. So the file is cut into settings by systemd's rules
// (systemd.exec(5)), and each is handed to godotenv in a form that both read alike. A line with one of our
// settings that people would read differently from systemd is bad; the settings of other programs may be
// written in any way.
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

// isOurVariable reports whether a variable has a prefix of this program's.
func isOurVariable(name string) bool {
	return strings.HasPrefix(name, "PH2CIO_") || strings.HasPrefix(name, "CUSTOMERIO_")
}

// readEnvFile reads a settings file. The null device counts as an empty one.
func readEnvFile(path string) ([]byte, error) {
	if path == os.DevNull {
		return []byte{}, nil
	}
	return readSmallFile(path)
}
