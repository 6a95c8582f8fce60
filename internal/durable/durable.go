// Package durable makes files and their names survive a power loss.
package durable

import (
	"errors"
	"os"
)

// Names syncs a directory, so that the names that files in it have now survive a power loss. On a system that
// cannot sync directories it does nothing. The error is that the directory cannot be opened.
func Names(dir string) error {
	file, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = file.Sync()
	return file.Close()
}

// Content syncs what is in a file, which the user must be allowed to write.
func Content(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
