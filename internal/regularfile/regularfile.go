// Package regularfile opens files that must be regular ones: opening a pipe to which no program writes would
// block for ever, and a device may have no end.
package regularfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"ph2cio/internal/exit"
)

// Irregular is the error of a path that is not a regular file.
type Irregular struct {
	Path string
	Mode fs.FileMode
}

func (e *Irregular) Error() string {
	return fmt.Sprintf("%s is %s, not a regular file", e.Path, Kind(e.Mode))
}

// ExitCode returns the exit code of the program for this error.
func (e *Irregular) ExitCode() int { return exit.Failed }

// Hint returns what to do instead.
func (e *Irregular) Hint() string {
	if e.Mode.IsDir() {
		return "name a file"
	}
	return "save its content to a file and name that file"
}

// Open opens a regular file for reading, also through a link. For anything else the error is an *Irregular.
// Other errors are those of the system.
func Open(path string) (*os.File, error) {
	before, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	return open(path, before, NonBlock)
}

// OpenNoFollow is Open for a path that must not be a symbolic link. It does not follow one that has just been
// put in its place either.
func OpenNoFollow(path string) (*os.File, error) {
	before, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	file, err := open(path, before, NonBlock|NoFollow)
	if err != nil {
		return nil, err
	}
	if opened, err := file.Stat(); err != nil || !os.SameFile(before, opened) {
		return nil, errors.Join(fmt.Errorf("%s was replaced while it was opened", path), err, file.Close())
	}
	return file, nil
}

// open opens a file whose info is known, since opening a device can have effects, and checks what it has
// opened.
func open(path string, before fs.FileInfo, flags int) (*os.File, error) {
	if !before.Mode().IsRegular() {
		return nil, &Irregular{path, before.Mode()}
	}
	file, err := os.OpenFile(path, os.O_RDONLY|flags, 0)
	if err != nil {
		return nil, err
	}
	opened, err := file.Stat()
	if err == nil && !opened.Mode().IsRegular() {
		err = &Irregular{path, opened.Mode()}
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// Head returns at most the first size bytes of a regular file, and nothing for anything else, such as a
// symbolic link or a path where nothing is. The error is that of a file that is there and cannot be read.
func Head(path string, size int) ([]byte, error) {
	file, err := OpenNoFollow(path)
	if irregular := (*Irregular)(nil); errors.As(err, &irregular) || errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	head := make([]byte, size)
	n, err := io.ReadFull(file, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], err
}

// Kind names the kind of a file, with its article.
func Kind(mode fs.FileMode) string {
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
