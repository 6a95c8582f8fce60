package mapping

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestShortID(t *testing.T) {
	t.Parallel()
	fits, letters := strings.Repeat("i", 150), strings.Repeat("é", 80)
	for id, want := range map[string]string{
		"":                          "",
		fits:                        fits,
		fits + "x":                  fits[:100] + "... (151 bytes)",
		letters:                     letters[:100] + "... (160 bytes)",
		"x" + letters:               "x" + letters[:98] + "... (161 bytes)",
		strings.Repeat("\x80", 200): "... (200 bytes)", // no ID of an export
	} {
		if got := ShortID(id); got != want || !utf8.ValidString(got) {
			t.Errorf("%q becomes %q, want %q", id, got, want)
		}
	}
}
