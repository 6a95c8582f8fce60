package ledger

import (
	"errors"
	"fmt"
	"os"
)

// openRegular opens a regular file for reading, and no link to one. Opening a pipe to which nobody writes waits for ever, and a
// device may have no end, so that what was opened is looked at, not only its name.
func openRegular(path string) (*os.File, error) {
	before, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	file, err := os.OpenFile(path, os.O_RDONLY|nonblock|nofollow, 0)
	if err != nil {
		return nil, err
	}
	opened, err := file.Stat()
	if err == nil && !os.SameFile(before, opened) {
		err = fmt.Errorf("%s was replaced just now", path)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
