package dotenv

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Setting is a name and the value that Set gives it.
type Setting struct{ Name, Value string }

// Set returns the text of a settings file in which some settings have new values. All else stays as it is, also
// comments and the ends of lines. A setting that stands there several times keeps only its last line; one that
// is not there gets a line at the end. The error says why that cannot be done, without quoting any value: Parse
// would not read the result as it should.
func Set(text string, settings ...Setting) (string, error) {
	before, _, bad := Parse(text, nobodys)
	if len(bad) > 0 {
		return "", errors.New(bad[0])
	}
	want := maps.Clone(before)
	result := text
	for _, one := range settings {
		quoted, err := quote(one.Value)
		if err != nil {
			return "", errors.New("the value of " + one.Name + " " + err.Error())
		}
		want[one.Name], result = one.Value, set(result, one.Name, quoted)
	}
	if got, _, bad := Parse(result, nobodys); len(bad) > 0 || !maps.Equal(got, want) {
		return "", errors.New("its last lines have a form after which nothing can be added")
	}
	return result, nil
}

// nobodys says that no setting is this program's, so that none has to have a form that systemd reads alike.
func nobodys(string) bool { return false }

// set gives one setting its quoted value.
func set(text, name, quoted string) string {
	s := &scan{text: text, ours: nobodys, line: 1, lines: map[string]int{}}
	if strings.HasPrefix(text, ByteOrderMark) {
		s.at = len(ByteOrderMark)
	}
	s.all()
	places := slices.DeleteFunc(s.places, func(p place) bool { return p.name != name })
	if len(places) == 0 {
		return withLine(text, name+"="+quoted)
	}
	last := places[len(places)-1]
	text = text[:last.value] + quoted + text[last.end:]
	for _, p := range slices.Backward(places[:len(places)-1]) {
		text = text[:p.at] + afterLineEnd(text[p.end:])
	}
	return text
}

// withLine adds a line to a text, with the line end that the text has.
func withLine(text, line string) string {
	end := "\n"
	if strings.Contains(text, "\r\n") {
		end = "\r\n"
	}
	if bare := strings.TrimPrefix(text, ByteOrderMark); bare != "" && strings.IndexByte(lineEnds, bare[len(bare)-1]) < 0 {
		text += end
	}
	return text + line + end
}

// afterLineEnd returns what follows the line end with which a text begins.
func afterLineEnd(text string) string {
	return strings.TrimPrefix(strings.TrimPrefix(text, "\r"), "\n")
}

// bare matches values that need no quotes.
var bare = regexp.MustCompile(`^[A-Za-z0-9_.:/@%+-]+$`)

// quote writes a value so that Parse reads exactly that value.
func quote(value string) (string, error) {
	switch {
	case strings.ContainsFunc(value, isControl) || strings.ContainsAny(value, lineEnds) || !validText(value):
		return "", errors.New("has a control character, or is not UTF-8")
	case strings.Contains(value, "'"):
		return "", errors.New("has a single quote")
	case bare.MatchString(value):
		return value, nil
	}
	return "'" + value + "'", nil
}
