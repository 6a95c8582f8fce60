//go:build !unix

package spool

import (
	"errors"
	"os"
)

// renameOpen closes a file, since an open one cannot be renamed, and opens it again under its new name.
func renameOpen(file *os.File, path string) (*os.File, error) {
	if err := errors.Join(file.Close(), os.Rename(file.Name(), path)); err != nil {
		return nil, err
	}
	return os.Open(path)
}
