//go:build unix

package spool

import "os"

// renameOpen renames a file that stays open and locked all the time.
func renameOpen(file *os.File, path string) (*os.File, error) {
	return file, os.Rename(file.Name(), path)
}
