package source

import (
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
)

// Absolute returns a file's absolute path, or name if that is unknown. A URL stays as it is.
func Absolute(name string) string {
	switch {
	case filepath.IsAbs(name):
		return filepath.Clean(name)
	case IsURL(name):
		return name
	}
	if in := workingDirectory(); in != "" && runtime.GOOS != "windows" { // where a path may lack only the drive
		return filepath.Join(in, name)
	}
	if whole, err := filepath.Abs(name); err == nil {
		return whole
	}
	return name
}

// directoryFor is the working directory of a shell that has set PWD to this.
type directoryFor struct{ pwd, directory string }

// lastDirectory is the result of the last os.Getwd, nil before the first.
var lastDirectory atomic.Pointer[directoryFor]

// workingDirectory returns the working directory, empty if it is unknown. It asks the system again only if PWD
// has changed, since a run asks for a hundred thousand files. This program never changes its directory.
func workingDirectory() string {
	pwd := os.Getenv("PWD")
	if last := lastDirectory.Load(); last != nil && last.pwd == pwd {
		return last.directory
	}
	directory, err := os.Getwd()
	if err != nil {
		return ""
	}
	lastDirectory.Store(&directoryFor{pwd, directory})
	return directory
}
