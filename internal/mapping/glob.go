package mapping

import (
	"fmt"
	"path"
	"strings"
)

// Globs are names and patterns. Patterns are those of package path (*, ?, [a-z], and \ to escape a
// character), but a * also matches slashes, because names such as $feature/x are not paths. A pattern matches
// whole names, and also the name that is spelled exactly like it.
type Globs []string

// NewGlobs checks the patterns of a flag.
func NewGlobs(flag string, patterns []string) (Globs, error) {
	patterns = listed(patterns)
	for _, p := range patterns {
		if _, err := path.Match(p, ""); err != nil {
			return nil, fmt.Errorf("--%s %q is not a valid pattern (write \\[ for a literal bracket): %w", flag, p, err)
		}
	}
	return patterns, nil
}

// Match reports whether a name is among the globs or matches one.
func (g Globs) Match(name string) bool {
	for _, pattern := range g {
		if pattern == name {
			return true
		}
		if ok, _ := path.Match(unslashed(pattern), unslashed(name)); ok { // NewGlobs checked the pattern
			return true
		}
	}
	return false
}

// unslashed replaces slashes, which a * of path.Match does not match.
func unslashed(s string) string { return strings.ReplaceAll(s, "/", "\x00") }

// listed returns the values of a flag without the space around them, as in "a, b", and without empty ones.
func listed(values []string) []string {
	var list []string
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" {
			list = append(list, v)
		}
	}
	return list
}
