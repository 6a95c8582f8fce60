package cli

import (
	"strings"

	"ph2cio/internal/mapping"
)

// excludeGlobs are the globs of --exclude, and which of them have left something out.
type excludeGlobs struct {
	globs []mapping.Globs // one glob each, so that its use is known
	used  []bool
}

func newExcludeGlobs(patterns []string) (*excludeGlobs, error) {
	x := &excludeGlobs{}
	all, err := mapping.NewGlobs("exclude", patterns)
	for _, one := range all {
		x.globs, x.used = append(x.globs, mapping.Globs{one}), append(x.used, false)
	}
	return x, err
}

// matches reports whether a name is left out. A name with a slash at its end is a directory, and matches only
// globs that end in one.
func (x *excludeGlobs) matches(name string) (out bool) {
	directory := strings.HasSuffix(name, "/")
	for i, glob := range x.globs {
		if (!directory || strings.HasSuffix(glob[0], "/")) && glob.Match(name) {
			out, x.used[i] = true, true
		}
	}
	return out
}

// unused returns the globs that matched no name.
func (x *excludeGlobs) unused() (globs []string) {
	for i, glob := range x.globs {
		if !x.used[i] {
			globs = append(globs, glob[0])
		}
	}
	return globs
}
