//go:build unix

package main

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/rivo/uniseg"
)

// checkWritten holds what a command wrote to a terminal against the rules for all screens.
func checkWritten(t *testing.T, name, written string, columns int) {
	t.Helper()
	for line := range strings.SplitSeq(plain(written), "\n") {
		if line = strings.TrimSuffix(line, "\r"); strings.HasPrefix(line, prompt) {
			continue // what was typed
		}
		if wrong := wrongIn(line, columns); wrong != "" {
			t.Errorf("%s: %s: %q", name, wrong, line)
		}
	}
}

// wrongIn says what is wrong with a line without colours. It must not be longer than the terminal is wide, so that the terminal breaks
// no word, unless it ends in a command or a path to copy; it must not end in blanks; and it must have no control characters but the
// carriage returns of a bar that is drawn again and again, and the codes that lead back to its first row and erase it.
func wrongIn(line string, columns int) string {
	line = redraws.ReplaceAllString(line, "\r")
	drawn := strings.Split(strings.ReplaceAll(line, "^C", ""), "\r") // the terminal itself echoes ^C
	for _, one := range drawn {
		if uniseg.StringWidth(strings.TrimRight(one, " ")) > columns && !toCopy.MatchString(one) {
			return "the terminal breaks the line"
		}
	}
	last := drawn[len(drawn)-1]
	switch {
	case strings.HasSuffix(last, " ") && !asks.MatchString(last):
		return "it ends in blanks"
	case strings.ContainsFunc(strings.Join(drawn, ""), func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }):
		return "it has characters that are no text"
	}
	return ""
}

// TestRulesForScreens has a line for each rule.
func TestRulesForScreens(t *testing.T) {
	for line, want := range map[string]string{
		"a line of twenty col":                         "",
		"a line of twenty-one":                         "",
		"a line of twenty-one c":                       "the terminal breaks the line",
		"日本語日本語日本語日本":                                  "the terminal breaks the line",
		"next  ph2cio retry --no-dedup export/":        "",
		"40% ####\r50% #####\rdone":                    "",
		"40% ####                      \r50% ####":     "",
		"40% ############################\rdone":       "the terminal breaks the line",
		"Send? [y/N] ":                                 "",
		"blank ":                                       "it ends in blanks",
		"a\tb":                                         "it has characters that are no text",
		"a\x1b[Kb":                                     "it has characters that are no text",
		"40% ####\r\x1b[J50% #####\r\x1b[1A\x1b[Jdone": "",
		"40% ####\x1b[1A":                              "it has characters that are no text",
		"a\ufffdb":                                     "it has characters that are no text",
	} {
		if got := wrongIn(line, 20); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// redraws are the codes of a bar before it is drawn again.
var redraws = regexp.MustCompile(`\r(\x1b\[\d+A)?\x1b\[J`)

// toCopy recognises a line that ends in a command, in a path, or in the quoted value of a flag.
var toCopy = regexp.MustCompile(`(^|\s)((ph2cio|curl|export) |/\S+$|'\S+'$)`)

// asks recognises the line of a question, which the answer stands behind.
var asks = regexp.MustCompile(`[\]:?] $`)
