package terminal

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
)

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"Order Completed":     "Order Completed",
		"café 日本語\nnext":      "café 日本語\nnext",
		"\x1b]52;c;aGk=\x07":  `\u001b]52;c;aGk=\u0007`,
		"a\rb\x9bc":           `a\u000db\u009bc`,
		"abc\u202edef\u2066x": `abc\u202edef\u2066x`,
		"\U000e0041":          `\udb40\udc41`,
		"nul\x00":             `nul\u0000`,
	} {
		if got := Plain(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// FuzzPlain holds that nothing that could steer a terminal is left, and that JSON stays the same JSON.
func FuzzPlain(f *testing.F) {
	f.Add("a\x1b[2Jb")
	f.Add("\u202e")
	f.Fuzz(func(t *testing.T, text string) {
		got := Plain(text)
		if strings.ContainsFunc(got, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
			t.Fatalf("%q became %q", text, got)
		}
		encoded, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		var want, back string
		if json.Unmarshal(encoded, &want) != nil || json.Unmarshal([]byte(Plain(string(encoded))), &back) != nil || want != back {
			t.Fatalf("%s is another text after plain: %q", encoded, back)
		}
	})
}
