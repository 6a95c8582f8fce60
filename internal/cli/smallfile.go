package cli

import (
	"fmt"
	"io"
	"os"

	"ph2cio/internal/regularfile"
)

// maxSmallFile is the largest size of a file of settings, rules, a credential or a certificate, in bytes.
const maxSmallFile = 1 << 20

// readSmallFile reads a regular file of at most maxSmallFile bytes.
func readSmallFile(path string) ([]byte, error) {
	return readSmall(path, regularfile.Open)
}

// readSmallFileNoFollow is readSmallFile for a path that must not be a symbolic link.
func readSmallFileNoFollow(path string) ([]byte, error) {
	return readSmall(path, regularfile.OpenNoFollow)
}

func readSmall(path string, open func(path string) (*os.File, error)) ([]byte, error) {
	file, err := open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxSmallFile+1))
	if err == nil && len(text) > maxSmallFile {
		return nil, fmt.Errorf("%s is larger than 1 MiB, which is too large for such a file", path)
	}
	return text, err
}
