package rawjson

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzUnescape compares with encoding/json, and checks that flaws of the text are reported.
func FuzzUnescape(f *testing.F) {
	for _, seed := range []string{
		``, `a\n\u00e9\ud83d\ude00`, `\ud800`, `\ud800\ud800\udc00`, `\ufffd`, "\xff\xc3", `\u0000`, `\udc00x`, "\xc3\\n\xa4", `\"\\\/\b\f\r\t`,
		`plain`, `\ud83dx`, `\ude00`, `\ud800\ud83d\ude00`, `\uD83D\uDE00\\`, `é`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, inside []byte) {
		value := append(append([]byte{'"'}, inside...), '"')
		var want string
		if json.Unmarshal(value, &want) != nil {
			return
		}
		got, found := AppendUnescaped(nil, inside)
		if string(got) != want {
			t.Fatalf("%q: %q, want %q", inside, got, want)
		}
		if (found&NUL != 0) != strings.Contains(want, "\x00") {
			t.Errorf("%q: NUL found: %v", inside, found&NUL != 0)
		}
		// Without flaws, the text has as many U+FFFD as were written.
		written := strings.Count(string(inside), "\uFFFD") + strings.Count(strings.ToLower(string(inside)), `\ufffd`) -
			strings.Count(strings.ToLower(string(inside)), `\\ufffd`)
		if found&Broken == 0 && (!utf8.Valid(inside) || strings.Count(want, "\uFFFD") > written) {
			t.Errorf("%q: mended without a word", inside)
		}
		if n := UnescapedLen(inside); utf8.Valid(inside) && n != len(want) {
			t.Errorf("%q: %d bytes, want %d", inside, n, len(want))
		}
		// What comes out of it is written and read as itself.
		var again string
		if err := json.Unmarshal(AppendString(nil, got), &again); err != nil || again != want {
			t.Errorf("%q: %q comes back as %q, %v", inside, got, again, err)
		}
	})
}
