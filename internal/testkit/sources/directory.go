package sources

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ph2cio/internal/source"
)

// Directory is a source.Lister whose objects are the files below a directory, so that several processes have
// the same objects. Its sources have tags as versions, which are hashes of their content.
type Directory struct{ path string }

// NewDirectory returns the store of a directory. The directories in it are the buckets.
func NewDirectory(path string) *Directory { return &Directory{path} }

// Remote finds the store of URLs that begin with Scheme.
func (d *Directory) Remote(arg string) (source.Lister, error) { return remote(d, arg) }

// List returns the files whose URLs begin with a prefix.
func (d *Directory) List(ctx context.Context, prefix string) (all []source.Source, err error) {
	err = filepath.WalkDir(d.path, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		below, err := filepath.Rel(d.path, path)
		if err != nil {
			return err
		}
		name := Scheme + filepath.ToSlash(below)
		if !strings.HasPrefix(name, prefix) {
			return nil
		}
		one, err := d.Look(ctx, name)
		all = append(all, one)
		return err
	})
	return all, err
}

// Look returns what has this name now.
func (d *Directory) Look(_ context.Context, name string) (source.Source, error) {
	one, _, err := d.read(name)
	return one, err
}

// Open refuses a source of another version than the file has.
func (d *Directory) Open(_ context.Context, of source.Source, offset int64) (source.File, error) {
	now, data, err := d.read(of.Name)
	if err != nil {
		return nil, err
	}
	if of.Version.Tag != "" && of.Version.Tag != now.Version.Tag {
		return nil, fmt.Errorf("open %s: %w", of.Name, source.ErrChanged)
	}
	opened := fileOfDirectory{bytes.NewReader(data), now.Version}
	_, err = opened.Seek(offset, 0)
	return opened, err
}

func (d *Directory) read(name string) (one source.Source, data []byte, err error) {
	path := filepath.Join(d.path, filepath.FromSlash(strings.TrimPrefix(name, Scheme)))
	info, err := os.Stat(path)
	if err == nil {
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return one, nil, err
	}
	version := source.Version{Tag: tagOf(data), Modified: info.ModTime().UnixNano()}
	return source.Source{Name: name, Size: int64(len(data)), In: d, Version: version}, data, nil
}

type fileOfDirectory struct {
	*bytes.Reader
	version source.Version
}

func (f fileOfDirectory) Version() (source.Version, error) { return f.version, nil }
func (f fileOfDirectory) Close() error                     { return nil }
