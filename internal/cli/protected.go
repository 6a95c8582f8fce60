package cli

import (
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

// protected is what a run reads or keeps, and nothing that it writes may replace. Files are known by what they
// are, not by their names: by device and inode where there are those, so that links, other spellings and
// capitals make no difference. The zero value holds nothing.
type protected struct {
	files   []protectedPath
	states  []protectedPath // directories that no output may be in
	dirs    []protectedPath // directories that flags name, which may not be there yet
	reads   []protectedPath // directories that are searched for sources
	globs   []string
	sources []source.Source // all that were found
}

// protectedPath is a path and what it is, to be told.
type protectedPath struct {
	path, description string
	info              fs.FileInfo // of what was looked at once, as sources are, of which there may be thousands; nil looks at every question
}

// valuesOf are the values of a flag, none if it is not there or empty.
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

// add takes a file, a directory or a glob that is read.
func (s *protected) add(path, is string) {
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

// lookForSources finds what directories and globs hold, where a run came to its end before it had looked.
func (s *protected) lookForSources() {
	if s.sources != nil {
		return
	}
	paths := slices.Clone(s.globs)
	for _, dir := range s.reads {
		paths = append(paths, dir.path)
	}
	for _, path := range paths {
		found, _ := source.Find([]string{path}) // what cannot be found is no output's either
		s.sources = append(s.sources, found...)
	}
}

// addStdin takes the file that standard input was redirected from, if it is one.
func (s *protected) addStdin(in io.Reader) {
	file, ok := in.(*os.File)
	if !ok {
		return
	}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		s.files = append(s.files, protectedPath{file.Name(), "the file that standard input comes from", info})
	}
}

// stat looks at a file, nil if it is not there.
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

// describeFile says what a file is that is read; empty for any other.
func (s *protected) describeFile(info fs.FileInfo) string {
	for _, one := range s.files {
		if other := one.stat(); other != nil && os.SameFile(info, other) {
			return one.description
		}
	}
	for _, source := range s.sources {
		if source.Size == info.Size() && isAt(info, source.Name) { // it was looked at when it was found
			return "the source " + source.Name
		}
	}
	return ""
}

// describeSource says which of the sources that were found a file is, though it may have grown since; empty for none.
func (s *protected) describeSource(info fs.FileInfo) string {
	for _, source := range s.sources {
		if isAt(info, source.Name) {
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

// describeStateFile says in which state directory a file is one of ours; empty for any other file, also in such a
// directory.
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

// describeInState says in which state directory a file stands, by whatever other name it goes; empty for any other.
func (s *protected) describeInState(info fs.FileInfo) string {
	for _, state := range s.states {
		entries, _ := os.ReadDir(state.path) // one that is not there has none
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
			return one.description // which is not there yet, and would be read the next time
		}
	}
	for _, state := range s.states {
		if within(path, state.path, false) {
			return state.description
		}
	}
	return ""
}

// sourceDirOf says where a path would be found as a source the next time; empty for nowhere.
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

// within reports whether a path is in a directory, at any depth. visible leaves out what a search for sources
// leaves out: hidden files and directories.
func within(path, dir string, visible bool) bool {
	top, missing := os.Stat(dir)
	name := resolved(unslashed(dir))
	for at := resolved(path); at != filepath.Dir(at); at = filepath.Dir(at) {
		if visible && strings.HasPrefix(filepath.Base(at), ".") {
			return false
		}
		if missing != nil && strings.EqualFold(filepath.Dir(at), name) {
			return true // once it is made
		}
		if missing == nil && isAt(top, filepath.Dir(at)) {
			return true
		}
	}
	return false
}

// resolved is a path from the root, with no link in its directory; its last part stays, since that is what
// would be replaced. What comes before .. may be a link, so that the path is not cleaned first.
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
