package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// mostSettings is how large a file of settings, a credential or a certificate may be, in bytes.
const mostSettings = 1 << 20

// openRegular opens a regular file for reading. Anything else is an error that says what it is: opening a pipe to which nobody
// writes waits for ever, and a device may have no end. What was opened is looked at, not only its name.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &irregular{path, info.Mode()} // opening a device may do something
	}
	file, err := os.OpenFile(path, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	info, err = file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &irregular{path, info.Mode()}
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// readSettings reads a regular file of at most mostSettings bytes.
func readSettings(path string) ([]byte, error) {
	file, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, mostSettings+1))
	if err == nil && len(text) > mostSettings {
		return nil, fmt.Errorf("%s is larger than 1 MiB, which such a file never is", path)
	}
	return text, err
}

// irregular is what is wrong with a path that leads to no regular file.
type irregular struct {
	path string
	mode fs.FileMode
}

func (e *irregular) Error() string {
	return fmt.Sprintf("%s is %s, not a regular file", e.path, kindOf(e.mode))
}

// Hint says what to do instead.
func (e *irregular) Hint() string {
	if e.mode.IsDir() {
		return "name a file"
	}
	return "save what it gives to a file, and name that"
}

// kindOf names what stands at a path.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "a file"
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe (FIFO)"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "something else"
}
