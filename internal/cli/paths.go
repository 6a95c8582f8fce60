package cli

import (
	"errors"
	"os"
	"path/filepath"
)

// unslashed removes a slash, or a slash and a dot, from the end of a path. With it, a link there would be
// followed.
func unslashed(path string) string {
	for root := len(filepath.VolumeName(path)) + 1; len(path) > root; {
		last := len(path) - 1
		if !os.IsPathSeparator(path[last]) && (path[last] != '.' || !os.IsPathSeparator(path[last-1])) {
			break
		}
		path = path[:last]
	}
	return path
}

var errLink = errors.New("it is a symbolic link, which ph2cio does not follow")

var errNoDirectory = errors.New("it is not a directory")
