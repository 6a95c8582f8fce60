package cli

import "testing"

// A name that a stranger chose is one line of a hint, and stays a name when it is pasted.
func TestPathsAreSuggestedInOneLine(t *testing.T) {
	for path, want := range map[string]string{
		"export/":        "export/",
		"my file.jsonl":  "'my file.jsonl'",
		"$(date).jsonl":  "'$(date).jsonl'",
		"a\nhint: b":     `"a\nhint: b"`,
		"red\x1b[31m":    `"red\x1b[31m"`,
		"bad\xff.jsonl":  `"bad\xff.jsonl"`,
		"\u202egnp.json": `"\u202egnp.json"`,
	} {
		if got := pathForShell(path); got != want {
			t.Errorf("%q: %s, want %s", path, got, want)
		}
	}
}
