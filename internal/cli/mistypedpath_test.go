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

func TestAlmostURLsAreSuggested(t *testing.T) {
	for path, want := range map[string]string{
		"s3:/bucket/a b/": "did you mean 's3://bucket/a b/'?", "S3:bucket/x": "did you mean s3://bucket/x?", "s3///bucket": "", "s3:///bucket/x": "did you mean s3://bucket/x?",
		`s3:\\bucket`: "did you mean s3://bucket?", "az//account/container": "did you mean az://account/container?", "s3://bucket/x": "", "s3/x": "", "s3": "",
	} {
		if got := didYouMean(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
