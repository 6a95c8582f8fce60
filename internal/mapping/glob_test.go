package mapping

import "testing"

func TestGlobs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, name string
		want          bool
	}{
		{"order completed", "order completed", true},
		{"order completed", "order completed ", false},
		{"order", "order completed", false},
		{"Order*", "order completed", false},
		{"order*", "order", true},
		{"*", "", true},
		{"*", "a/b/c", true},
		{"$feature/*", "$feature/a/b", true},
		{"*/b", "$feature/a/b", true},
		{"a?c", "a/c", true},
		{"a?c", "ac", false},
		{"[a-c]x", "bx", true},
		{"[^a-c]x", "bx", false},
		{"[x]", "[x]", true}, // spelled just like it
		{"[x]", "x", true},
		{`\*`, "*", true},
		{`\*`, "a", false},
		{"größ?", "größe", true},
	} {
		g, err := NewGlobs("events", []string{"other", test.pattern})
		if err != nil {
			t.Fatal(err)
		}
		if got := g.Match(test.name); got != test.want {
			t.Errorf("%q matches %q: %v, want %v", test.pattern, test.name, got, test.want)
		}
	}
}
