package cli

import (
	"strings"

	"ph2cio/internal/mapping"
)

// excluding are the globs of --exclude, and which of them have left something out.
type excluding struct {
	globs []mapping.Globs // of one each
	used  []bool
}

func newExcluding(patterns []string) (*excluding, error) {
	x := &excluding{}
	all, err := mapping.NewGlobs("exclude", patterns)
	for _, one := range all {
		x.globs, x.used = append(x.globs, mapping.Globs{one}), append(x.used, false)
	}
	return x, err
}

// has reports whether a name is left out. One with a slash behind it is that of a directory, and meets only
// globs that have one.
func (x *excluding) has(name string) (out bool) {
	directory := strings.HasSuffix(name, "/")
	for i, glob := range x.globs {
		if (!directory || strings.HasSuffix(glob[0], "/")) && glob.Match(name) {
			out, x.used[i] = true, true
		}
	}
	return out
}

// unused are the globs that no name has matched.
func (x *excluding) unused() (globs []string) {
	for i, glob := range x.globs {
		if !x.used[i] {
			globs = append(globs, glob[0])
		}
	}
	return globs
}
