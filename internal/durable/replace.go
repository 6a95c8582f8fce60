package durable

import (
	"errors"
	"os"
	"path/filepath"
)

// Temporary begins the names of the files that Replace writes beside a path. A random number follows.
func Temporary(path string) string { return filepath.Base(path) + ".ph2cio-" }

// Replace writes a file that only its owner may read or write. After a power loss either all of its new content
// is there, or what was there before. It puts the new file in place of whatever has the name, and follows no
// link. Just before that it calls check, whose error leaves all as it is.
func Replace(path string, content []byte, check func() error) error {
	dir := filepath.Dir(path)
	file, err := os.CreateTemp(dir, Temporary(path)+"*") // 0600, and never through a link
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err == nil {
		err = check()
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return Names(dir)
}
