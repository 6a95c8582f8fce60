package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ph2cio/internal/escape"
)

// IsManifest reports whether a file is a batch export's manifest: its name ends with _manifest.json, and it
// is an object that begins with a list of files.
func IsManifest(path string) bool {
	if !namedManifest(path) {
		return false
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return false // opening a pipe would wait for a writer
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	d := json.NewDecoder(io.LimitReader(file, manifestHead))
	for _, want := range []json.Token{json.Delim('{'), "files", json.Delim('[')} {
		if got, err := d.Token(); err != nil || got != want {
			return false
		}
	}
	return true
}

// manifestHead is how many bytes of a file are examined to recognise a manifest.
const manifestHead = 512

func namedManifest(path string) bool { return strings.HasSuffix(path, "_manifest.json") }

// Incomplete is an export with missing files: its manifest lists them, but they are not in its directory.
type Incomplete struct {
	Manifest string   `json:"manifest"` // its path
	Missing  []string `json:"missing"`  // names of files
	Files    int      `json:"files"`    // how many it lists

	Since time.Time `json:"since"` // when the manifest was written last, in UTC
}

func (i *Incomplete) Error() string {
	more := ""
	if n := len(i.Missing) - 1; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	verb := "is"
	if len(i.Missing) > 1 {
		verb = "are"
	}
	return fmt.Sprintf("%s lists %d files, but %d %s missing: %s%s", i.Manifest, i.Files, len(i.Missing), verb, escape.Quoted(i.Missing[0]), more)
}

// largestManifest is how many bytes of a manifest are read. Each file in it takes about a hundred.
const largestManifest = 64 << 20

// Incomplete checks the manifests of batch exports (*_manifest.json) in the directories of the sources. It
// returns those that list one of the sources and a file that does not exist, which means an incomplete
// download. PostHog writes the manifest last, into the directory of its files (PostHog: s3_batch_export.py).
// The error joins the errors of reading directories and manifests.
func (s *Snapshot) Incomplete() ([]*Incomplete, error) {
	if s.in != nil {
		return nil, nil // only files lie in directories that can be read
	}
	byDir := make(map[string]map[string]bool)
	var dirs []string
	for _, one := range s.Sources {
		dir, name := filepath.Split(one.Name)
		dir = filepath.Clean(dir)
		if byDir[dir] == nil {
			byDir[dir] = make(map[string]bool)
			dirs = append(dirs, dir)
		}
		byDir[dir][name] = true
	}
	var found []*Incomplete
	var errs []error
	for _, dir := range dirs {
		names, searched := s.directories[dir]
		if !searched {
			var err error
			if names, err = namesIn(dir); err != nil {
				errs = append(errs, err)
				continue
			}
		}
		here, err := incompleteIn(dir, names, byDir[dir])
		found, errs = append(found, here...), append(errs, err)
	}
	return found, errors.Join(errs...)
}

// incompleteIn checks the manifests of one directory. names are the names in it, if one of them may be a
// manifest's.
func incompleteIn(dir string, names []string, sources map[string]bool) (found []*Incomplete, err error) {
	if !slices.ContainsFunc(names, namedManifest) {
		return nil, nil
	}
	there := make(map[string]bool, len(names))
	for _, name := range names {
		there[name] = true
	}
	slices.Sort(names)
	var errs []error
	for _, name := range names {
		manifest := filepath.Join(dir, name)
		if !namedManifest(name) {
			continue
		}
		info, err := os.Lstat(manifest)
		if err != nil || !info.Mode().IsRegular() || !IsManifest(manifest) {
			continue
		}
		files, err := manifestFiles(manifest)
		if err != nil {
			errs = append(errs, fmt.Errorf("reading the manifest %s: %w", manifest, err))
			continue
		}
		if i := compare(manifest, files, sources, there); i != nil {
			i.Since = info.ModTime().UTC()
			found = append(found, i)
		}
	}
	return found, errors.Join(errs...)
}

// namesIn returns the names in a directory unsorted, since sorting is slow and most directories need none.
func namesIn(dir string) ([]string, error) {
	file, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return file.Readdirnames(-1)
}

// compare compares a manifest with the existing files. It returns nil if they are complete, or the manifest
// is of another export.
func compare(manifest string, files []string, sources, there map[string]bool) *Incomplete {
	i := &Incomplete{Manifest: manifest, Files: len(files)}
	ours := false
	for _, file := range files {
		ours = ours || sources[file]
		if !there[file] {
			i.Missing = append(i.Missing, file)
		}
	}
	if !ours || len(i.Missing) == 0 {
		return nil
	}
	return i
}

// manifestFiles returns the names of the files that a manifest lists, without the folders of the bucket.
func manifestFiles(manifest string) ([]string, error) {
	file, err := os.Open(manifest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var m struct {
		Files []string `json:"files"`
	}
	if err := json.NewDecoder(io.LimitReader(file, largestManifest)).Decode(&m); err != nil {
		return nil, err
	}
	for i, key := range m.Files {
		m.Files[i] = path.Base(key)
	}
	return m.Files, nil
}
