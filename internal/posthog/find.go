package posthog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Find turns files, directories and globs into the sources to read, sorted by path within each argument, each file
// once, also where it goes by several names. Directories are searched to the bottom. Hidden files and the manifests of
// batch exports, see IsManifest, are left out. An argument that names an existing file is that file, even if it could
// be read as a glob: the names that PostHog gives hold odd characters. The error joins what is wrong with each argument.
func Find(args []string) ([]Source, error) {
	f := finder{seen: make(map[fileKey]int)}
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
	infos   []fs.FileInfo   // of each source
	seen    map[fileKey]int // the last source with that key
	before  []int           // for each source the one before it with the same key, -1 for none
	matched int             // files that the current argument stands for, seen before or not

	manifests []string // that are arguments
}

// fileKey is equal for two names of one file, and seldom for two files; os.SameFile decides.
type fileKey struct {
	size     int64
	modified int64
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
	if !strings.HasPrefix(filepath.Base(pattern), ".") {
		paths = slices.DeleteFunc(paths, hidden)
	}
	return f.found(paths, nil)
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
	paths := make([]string, 0, len(entries))
	for _, entry := range entries {
		if !hidden(entry.Name()) {
			paths = append(paths, filepath.Join(path, entry.Name()))
		}
	}
	return f.found(paths, above)
}

// found takes what a directory or a glob has: what is neither file nor directory is left out.
func (f *finder) found(paths []string, above []fs.FileInfo) error {
	f.before, f.infos, f.sources = slices.Grow(f.before, len(paths)), slices.Grow(f.infos, len(paths)), slices.Grow(f.sources, len(paths))
	for i, s := range statAll(paths) {
		path, info := paths[i], s.info
		switch {
		case errors.Is(s.err, fs.ErrNotExist): // a link that leads nowhere, or removed meanwhile
			return fmt.Errorf("%w: remove the link or what it should lead to is missing", s.err)
		case s.err != nil:
			return s.err
		case info.IsDir():
			if err := f.directory(path, above); err != nil {
				return err
			}
		case info.Mode().IsRegular() && !IsManifest(path):
			f.file(path, info)
		}
	}
	return nil
}

type stat struct {
	info fs.FileInfo
	err  error
}

// statAll looks at files, several at a time: of thousands of small ones that is much of the work.
func statAll(paths []string) []stat {
	all := make([]stat, len(paths))
	var next atomic.Int64
	var running sync.WaitGroup
	const at = 64
	for range min(runtime.GOMAXPROCS(0), (len(paths)+at-1)/at) {
		running.Go(func() {
			for from := int(next.Add(at)) - at; from < len(paths); from = int(next.Add(at)) - at {
				for i := from; i < min(from+at, len(paths)); i++ {
					all[i].info, all[i].err = os.Stat(paths[i])
				}
			}
		})
	}
	running.Wait()
	return all
}

func (f *finder) file(path string, info fs.FileInfo) {
	f.matched++
	key := fileKey{info.Size(), info.ModTime().UnixNano()}
	last, ok := f.seen[key]
	if !ok {
		last = -1
	}
	for other := last; other >= 0; other = f.before[other] {
		if os.SameFile(f.infos[other], info) {
			return
		}
	}
	f.seen[key] = len(f.sources)
	f.before = append(f.before, last)
	f.infos = append(f.infos, info)
	f.sources = append(f.sources, Source{Path: path, Size: info.Size()})
}

func hidden(path string) bool { return strings.HasPrefix(filepath.Base(path), ".") }
