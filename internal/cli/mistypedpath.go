package cli

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ph2cio/internal/escape"
	"ph2cio/internal/source"
)

// maxNamesInDir is how many names of a directory are compared with a mistyped one.
const maxNamesInDir = 4000

// minTypedLength is the least length of a name that may be a mistyped one. A shorter one is similar to too
// many.
const minTypedLength = 3

// missingFile is the error of a file that does not exist.
type missingFile struct{ path string }

func (e missingFile) Error() string { return e.path + " does not exist" }
func (e missingFile) Unwrap() error { return fs.ErrNotExist }

// fileError is the error of a file that a flag or a setting names. It does not name the system call that
// failed.
func fileError(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return missingFile{path}
	}
	return err
}

// pathHint says what to do about a file that cannot be opened, empty if the error says that itself.
func pathHint(path string, err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return cmp.Or(didYouMean(path), "check the path")
	}
	return ""
}

// didYouMean suggests a path for the first that does not exist and resembles one that does; empty for none.
// It reads directories and opens no file.
func didYouMean(paths ...string) string {
	for _, path := range paths {
		if url := nearURL(path); url != "" {
			return "did you mean " + pathForShell(url) + "?"
		}
		if near := nearPath(path); near != "" {
			return "did you mean " + pathForShell(near) + "?"
		}
	}
	return ""
}

// almostURL matches what begins nearly as the URL of an object does.
var almostURL = regexp.MustCompile(`^(?i:(s3|az))(:|:/|:///+|//|:\\\\)([^/\\].*)$`)

// nearURL returns the URL of an object that somebody most likely meant, empty for none.
func nearURL(path string) string {
	found := almostURL.FindStringSubmatch(path)
	if found == nil || pathExists(path) {
		return ""
	}
	return strings.ToLower(found[1]) + "://" + found[3]
}

// nearPath returns the path that a mistyped one most likely means. Its last part may differ, or the name of
// its directory. It is empty if the path exists or nothing resembles it.
func nearPath(path string) string {
	if _, err := os.Lstat(path); path == "" || source.IsURL(path) || !errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	dir, base := filepath.Split(strings.TrimRight(path, string(filepath.Separator)))
	if info, err := os.Stat(filepath.Join(dir, ".")); err != nil {
		if near := nearPath(dir); near != "" && pathExists(filepath.Join(near, base)) {
			return filepath.Join(near, base)
		}
		return ""
	} else if !info.IsDir() {
		return ""
	}
	near := ""
	names := firstNames(filepath.Join(dir, "."))
	if len(base) >= minTypedLength {
		near = closest(base, names)
	}
	for _, name := range names {
		if strings.EqualFold(name, base) {
			near = name
		}
	}
	switch info, err := os.Stat(dir + near); {
	case near == "" || err != nil:
		return ""
	case info.IsDir():
		near += string(filepath.Separator)
	}
	return dir + near
}

// pathForShell quotes a path for a shell. A path with characters that do not print, such as the end of a
// line, is only shown.
func pathForShell(path string) string {
	if !utf8.ValidString(path) || strings.ContainsFunc(path, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(path)
	}
	return escape.Shell(path)
}

func pathExists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// firstNames returns the first names in a directory.
func firstNames(dir string) []string {
	file, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer file.Close()
	names, _ := file.Readdirnames(maxNamesInDir)
	return names
}
