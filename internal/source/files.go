package source

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// files is the [Store] of the files of this machine. Their names are their paths.
type files struct{}

func (files) Open(_ context.Context, s Source, offset int64) (File, error) {
	file, err := os.Open(s.Name)
	if err != nil {
		return nil, err
	}
	if offset > 0 {
		if _, err := file.Seek(offset, io.SeekStart); err != nil {
			_ = file.Close() // the first error is more useful
			return nil, err
		}
	}
	return openFile{file}, nil
}

func (files) Look(_ context.Context, name string) (Source, error) {
	info, err := os.Stat(name)
	if err != nil {
		return Source{}, err
	}
	if !info.Mode().IsRegular() {
		return Source{}, fmt.Errorf("%s is not a regular file: %w", name, fs.ErrNotExist)
	}
	return fileSource(name, info), nil
}

// fileSource returns the source for a file with this info.
func fileSource(path string, info fs.FileInfo) Source {
	return Source{Name: path, Size: info.Size(), Version: versionOf(info)}
}

// versionOf returns a known version for every file, also for one whose modification time is 0, as in some
// archives.
func versionOf(info fs.FileInfo) Version {
	return Version{Modified: cmp.Or(info.ModTime().UnixNano(), 1)}
}

// openFile is a File that can be read at any offset.
type openFile struct{ *os.File }

func (f openFile) Version() (Version, error) {
	info, err := f.Stat()
	if err != nil {
		return Version{}, err
	}
	return versionOf(info), nil
}

// Named reports whether an argument names something on this machine: a file, a directory, a link, or a glob
// that matches any.
func Named(arg string) (there, directory bool) {
	if info, err := os.Stat(arg); err == nil {
		return true, info.IsDir()
	}
	if _, err := os.Lstat(arg); err == nil {
		return true, false
	}
	found, _ := filepath.Glob(arg) // a broken pattern matches nothing
	return len(found) > 0, false
}
