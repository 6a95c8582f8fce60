package posthog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Find turns files, directories and globs into the sources to read, sorted by path within each argument, each file
// once, also where it goes by several names. Directories are searched to the bottom. Hidden files and the manifests of
// batch exports, see IsManifest, are left out. An argument that names an existing file is that file, even if it could
// be read as a glob: the names that PostHog gives hold odd characters. The error joins what is wrong with each argument.
func Find(args []string) ([]Source, error) {
	f := finder{seen: make(map[fileKey][]fs.FileInfo)}
	var errs []error
	for _, arg := range args {
		if err := f.argument(arg); err != nil {
			errs = append(errs, err)
		}
	}
	if len(f.sources) == 0 && len(errs) == 0 && len(f.manifests) > 0 {
		errs = append(errs, fmt.Errorf("source %q is a batch export's manifest, which only lists files: name the directory it is in, or the files it lists", f.manifests[0]))
	}
	if len(args) == 0 {
		errs = append(errs, errors.New("no source given: name files, directories or globs of a PostHog export"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return f.sources, nil
}

type finder struct {
	sources []Source
	seen    map[fileKey][]fs.FileInfo
	matched int // files that the current argument stands for, seen before or not

	manifests []string // that are arguments
}

// fileKey is equal for two names of one file, and seldom for two files; os.SameFile decides.
type fileKey struct {
	size     int64
	modified time.Time
}

func (f *finder) argument(arg string) error {
	f.matched = 0
	if arg == "-" {
		return errors.New("source -: standard input is only taken by preview, inspect and backfill")
	}
	info, err := os.Stat(arg)
	switch {
	case err == nil && info.IsDir():
		err = f.directory(arg, nil)
	case err == nil && IsManifest(arg):
		f.manifests = append(f.manifests, arg)
		return nil
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("source %q is not a regular file, and it must be read twice: save it to a file and name that", arg)
	case err == nil:
		f.file(arg, info)
		return nil
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(arg, `*?[`):
		err = f.glob(arg)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("source %q does not exist: check the path", arg)
	}
	if err != nil {
		return fmt.Errorf("source %q: %w", arg, err)
	}
	if f.matched == 0 {
		return fmt.Errorf("source %q holds no files to read: check the path (hidden files and manifests do not count)", arg)
	}
	return nil
}

func (f *finder) glob(pattern string) error {
	paths, err := filepath.Glob(pattern)
	if err != nil {
		return fmt.Errorf("%w: put a backslash before [ to mean the character", err)
	}
	wantsHidden := strings.HasPrefix(filepath.Base(pattern), ".")
	for _, path := range paths {
		if hidden(path) && !wantsHidden {
			continue
		}
		if err := f.found(path, nil); err != nil {
			return err
		}
	}
	return nil
}

// directory searches a directory. above are the directories it was reached through, since links can lead in a circle.
func (f *finder) directory(path string, above []fs.FileInfo) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	for _, a := range above {
		if os.SameFile(a, info) {
			return nil
		}
	}
	entries, err := os.ReadDir(path) // sorted by name
	if err != nil {
		return err
	}
	above = append(above[:len(above):len(above)], info)
	for _, entry := range entries {
		if hidden(entry.Name()) {
			continue
		}
		if err := f.found(filepath.Join(path, entry.Name()), above); err != nil {
			return err
		}
	}
	return nil
}

// found takes what a directory or a glob has: what is neither file nor directory is left out.
func (f *finder) found(path string, above []fs.FileInfo) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist): // a link that leads nowhere, or removed meanwhile
		return fmt.Errorf("%w: remove the link or what it should lead to is missing", err)
	case err != nil:
		return err
	case info.IsDir():
		return f.directory(path, above)
	case info.Mode().IsRegular() && !IsManifest(path):
		f.file(path, info)
	}
	return nil
}

func (f *finder) file(path string, info fs.FileInfo) {
	f.matched++
	key := fileKey{info.Size(), info.ModTime()}
	for _, other := range f.seen[key] {
		if os.SameFile(other, info) {
			return
		}
	}
	f.seen[key] = append(f.seen[key], info)
	f.sources = append(f.sources, Source{Path: path, Size: info.Size()})
}

func hidden(path string) bool { return strings.HasPrefix(filepath.Base(path), ".") }
