// Package durable makes files and their names survive a power loss.
package durable

import (
	"errors"
	"io/fs"
	"os"
)

// Names syncs a directory, so that the names that files in it have now survive a power loss. It does nothing
// on a system that cannot sync directories, and for a directory whose list of files the user may not read,
// though they may write there. The error is any other one of opening the directory.
func Names(dir string) error {
	file, err := os.Open(dir)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
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
