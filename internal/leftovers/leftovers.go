// Package leftovers removes temporary files that runs could not remove, because they were killed.
package leftovers

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Pattern says which files or directories of a directory are temporary ones: their names have a beginning, a
// random number, and an end.
type Pattern struct {
	Before, After string
	Directories   bool          // directories, instead of files
	Empty         bool          // only files without content
	Age           time.Duration // how long ago they must have been changed last
}

// Brief is an Age for files that exist only for a moment, and are locked for all of the rest of the time.
const Brief = time.Minute

// matches reports whether a name is of the pattern.
func (p *Pattern) matches(name string) bool {
	middle, begins := strings.CutPrefix(name, p.Before)
	middle, ends := strings.CutSuffix(middle, p.After)
	return begins && ends && middle != "" && strings.Trim(middle, "0123456789") == ""
}

// Remove removes what a pattern says from a directory, if it belongs to the current user and no process has
// locked it with Lock. It follows no links. What cannot be removed stays.
func Remove(dir string, p Pattern) {
	file, err := os.Open(dir)
	if err != nil {
		return
	}
	defer file.Close()
	names, _ := file.Readdirnames(-1) // some names are better than none
	for _, name := range names {
		if p.matches(name) {
			p.removeOne(filepath.Join(dir, name))
		}
	}
}

// Hold opens a file or directory and marks it as being in use with Lock, until the function that it returns is
// called. It does nothing to one that cannot be opened.
func Hold(path string) (release func() error) {
	file, err := os.Open(path)
	if err != nil {
		return func() error { return nil }
	}
	Lock(file)
	return file.Close
}

// RemoveFile removes one file under the conditions of Remove, whatever its name is.
func RemoveFile(path string) { (&Pattern{}).removeOne(path) }

func (p *Pattern) removeOne(path string) {
	info, err := os.Lstat(path)
	switch {
	case err != nil || info.IsDir() != p.Directories || !info.IsDir() && !info.Mode().IsRegular():
	case p.Empty && info.Size() > 0 || !ours(info) || time.Since(info.ModTime()) < p.Age:
	default:
		remove(path, info)
	}
}
