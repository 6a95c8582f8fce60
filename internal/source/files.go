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

// files is the store of the files of this machine. Their names are their paths.
type files struct{}

func (files) Open(_ context.Context, s Source, offset int64) (File, error) {
	file, err := os.Open(s.Name)
	if err != nil {
		return nil, err
	}
	if offset > 0 {
		if _, err := file.Seek(offset, io.SeekStart); err != nil {
			_ = file.Close() // the first error tells more
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

// fileSource is a file that was looked at.
func fileSource(path string, info fs.FileInfo) Source {
	return Source{Name: path, Size: info.Size(), Version: versionOf(info)}
}

// versionOf returns a known version of every file, also of one that was modified at 0, as files from some archives are.
func versionOf(info fs.FileInfo) Version {
	return Version{Modified: cmp.Or(info.ModTime().UnixNano(), 1)}
}

// openFile is a File that can be read anywhere.
type openFile struct{ *os.File }

func (f openFile) Version() (Version, error) {
	info, err := f.Stat()
	if err != nil {
		return Version{}, err
	}
	return versionOf(info), nil
}

// Named reports whether an argument stands for something on this machine: a file, a directory, a link, or a glob of some.
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
