package people

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPlausibleEmail(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"maya.okafor@example.com":                true,
		" maya+news@mail.example.co.uk\t":        true,
		"o'neil_1@example.com":                   true,
		"почта@пример.рф":                        true,
		"":                                       false,
		"maya":                                   false,
		"maya@example":                           false,
		"@example.com":                           false,
		"maya@":                                  false,
		"maya@.com":                              false,
		"maya@example.":                          false,
		"maya@example..com":                      false,
		"maya@home@example.com":                  false,
		"maya okafor@example.com":                false,
		"Maya <maya@example.com>":                false,
		"a@example.com,b@example.com":            false,
		"a@example.com;b@example.com":            false,
		"maya\x00@example.com":                   false,
		"maya\xff@example.com":                   false,
		strings.Repeat("a", 65) + "@example.com": false,
		"a@" + strings.Repeat("b.", 150) + "example": false,
	} {
		if got := PlausibleEmail([]byte(text)); got != want {
			t.Errorf("PlausibleEmail(%q) is %v", text, got)
		}
	}
}

// TestFoldedTextsAreEqualAsEqualFoldSays takes strings.EqualFold as oracle.
func TestFoldedTextsAreEqualAsEqualFoldSays(t *testing.T) {
	t.Parallel()
	letters := rapid.StringOfN(rapid.RuneFrom([]rune("kKKsSſßΣσςaÅåÅ@.İiI")), 0, 4, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := letters.Draw(t, "a"), letters.Draw(t, "b")
		folded := string(FoldEmail(nil, []byte(a))) == string(FoldEmail(nil, []byte(b)))
		if folded != strings.EqualFold(a, b) {
			t.Fatalf("%q and %q are the same: %v, EqualFold says otherwise", a, b, folded)
		}
	})
}
