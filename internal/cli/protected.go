package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"ph2cio/internal/source"
)

// protected is what a run reads or keeps, and what nothing that it writes may replace. Files are identified
// by device and inode where those exist, so that links and other spellings of a name make no difference. The
// zero value protects nothing.
type protected struct {
	files   []protectedPath
	states  []protectedPath // directories that no output may be in
	dirs    []protectedPath // directories that flags name, which may not be there yet
	reads   []protectedPath // directories that are searched for sources
	globs   []string
	sources []source.Source // all that were found
}

// protectedPath is a path, and what errors call it.
type protectedPath struct {
	path, description string
	info              fs.FileInfo // from when it was found; nil is looked up each time
}

// valuesOf returns the values of a flag, none if the command does not have it or if it is empty.
func valuesOf(f *pflag.Flag) []string {
	if f == nil {
		return nil
	}
	value := f.Value
	if noting, ok := value.(checkedValue); ok {
		value = noting.Value
	}
	values := []string{value.String()}
	if several, ok := value.(pflag.SliceValue); ok {
		values = several.GetSlice()
	}
	return slices.DeleteFunc(values, func(value string) bool { return value == "" })
}

// add protects a file, a directory or a glob that is read. URLs need no protection.
func (s *protected) add(path, is string) {
	if source.IsURL(path) {
		return // nothing that is written replaces an object
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		s.reads = append(s.reads, protectedPath{path: path})
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(path, `*?[`):
		s.globs = append(s.globs, path)
	default:
		s.files = append(s.files, protectedPath{path, is, info})
	}
}

// setSources notes the sources that were found.
func (s *protected) setSources(sources []source.Source) { s.sources = sources }

// lookForSources finds what directories and globs hold, for a run that ended before it had looked.
func (s *protected) lookForSources() {
	if s.sources != nil {
		return
	}
	paths := slices.Clone(s.globs)
	for _, dir := range s.reads {
		paths = append(paths, dir.path)
	}
	for _, path := range paths {
		found, _ := source.Find(context.Background(), []string{path}, nil) // what cannot be found cannot be overwritten either
		s.sources = append(s.sources, found...)
	}
}

// addStdin protects the file that standard input was redirected from.
func (s *protected) addStdin(in io.Reader) {
	file, ok := in.(*os.File)
	if !ok {
		return
	}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		s.files = append(s.files, protectedPath{file.Name(), "the file that standard input comes from", info})
	}
}

// stat looks at the file, nil if it does not exist.
func (n *protectedPath) stat() fs.FileInfo {
	if n.info != nil {
		return n.info
	}
	info, err := os.Stat(n.path)
	if err != nil {
		return nil
	}
	return info
}

// describeFile says what a protected file is, empty for any other.
func (s *protected) describeFile(info fs.FileInfo) string {
	for _, one := range s.files {
		if other := one.stat(); other != nil && os.SameFile(info, other) {
			return one.description
		}
	}
	for _, source := range s.sources {
		if source.In == nil && source.Size == info.Size() && isAt(info, source.Name) { // its size is from when it was found
			return "the source " + source.Name
		}
	}
	return ""
}

// describeSource says which source a file is, even if it has grown since it was found; empty for none.
func (s *protected) describeSource(info fs.FileInfo) string {
	for _, source := range s.sources {
		if source.In == nil && isAt(info, source.Name) {
			return "the source " + source.Name
		}
	}
	return ""
}

// isAt reports whether a path leads to a file.
func isAt(info fs.FileInfo, path string) bool {
	other, err := os.Stat(path)
	return err == nil && os.SameFile(info, other)
}

// describeStateFile says which of ph2cio's files in a state directory a file is; empty for any other, even in
// such a directory.
func (s *protected) describeStateFile(info fs.FileInfo) string {
	for _, state := range s.states {
		for _, name := range stateFileNames {
			if path := filepath.Join(state.path, name); isAt(info, path) {
				return path + ", which is " + state.description
			}
		}
	}
	return ""
}

// describeInState says in which state directory a file is, under whatever name; empty for none.
func (s *protected) describeInState(info fs.FileInfo) string {
	for _, state := range s.states {
		entries, _ := os.ReadDir(state.path) // none if it does not exist
		for _, entry := range entries {
			if other, err := entry.Info(); err == nil && os.SameFile(info, other) {
				return state.description
			}
		}
	}
	return ""
}

// describePath says what a path is, or is in, that must stay as it is; empty for any other.
func (s *protected) describePath(path string) string {
	info, err := os.Stat(path)
	if err == nil {
		if is := s.describeFile(info); is != "" {
			return is
		}
		if is := s.describeInState(info); is != "" {
			return is
		}
	}
	for _, one := range s.files {
		if one.stat() == nil && strings.EqualFold(resolved(one.path), resolved(path)) {
			return one.description // it does not exist yet, and the next run would read it
		}
	}
	for _, state := range s.states {
		if within(path, state.path, false) {
			return state.description
		}
	}
	return ""
}

// sourceDirOf returns the directory or glob through which the next run would read a path as a source; empty
// for none.
func (s *protected) sourceDirOf(path string) string {
	for _, dir := range s.reads {
		if within(path, dir.path, true) {
			return dir.path
		}
	}
	for _, pattern := range s.globs {
		if matched, err := filepath.Match(resolved(pattern), resolved(path)); matched && err == nil {
			return pattern
		}
		matches, _ := filepath.Glob(pattern)
		for _, match := range matches {
			if info, err := os.Stat(match); err == nil && info.IsDir() && within(path, match, true) {
				return match
			}
		}
	}
	return ""
}

// within reports whether a path is in a directory, at any depth. With visible, what is hidden does not count,
// since a search for sources leaves it out.
func within(path, dir string, visible bool) bool {
	top, missing := os.Stat(dir)
	name := resolved(unslashed(dir))
	for at := resolved(path); at != filepath.Dir(at); at = filepath.Dir(at) {
		if visible && strings.HasPrefix(filepath.Base(at), ".") {
			return false
		}
		if missing != nil && strings.EqualFold(filepath.Dir(at), name) {
			return true // once dir exists
		}
		if missing == nil && isAt(top, filepath.Dir(at)) {
			return true
		}
	}
	return false
}

// resolved makes a path absolute and resolves the links in its directory, but not its last part, which is
// what would be replaced. The path is not cleaned first, because what comes before .. may be a link.
func resolved(path string) string {
	dir, base := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		path = filepath.Join(real, base)
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return full
}
