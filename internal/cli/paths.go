package cli

import (
	"errors"
	"os"
	"path/filepath"
)

// unslashed is a path without the slash at its end, or slash and dot, for which a link there would be followed.
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
