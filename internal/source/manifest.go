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

	// Since is when the manifest was written last, in UTC: its modification time, or the time at which the
	// file system changed it last, if that is earlier.
	Since time.Time `json:"since"`
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
// returns those that list a file that does not exist, which means an incomplete download, and that either
// were found by List or list one of the sources. A file counts as existing if it is there with another
// compression. PostHog writes the manifest last, into the directory of its files (PostHog:
// s3_batch_export.py). The error joins the errors of reading directories and manifests.
func (s *Snapshot) Incomplete() ([]*Incomplete, error) {
	if s.in != nil {
		return nil, nil // only files lie in directories that can be read
	}
	byDir := make(map[string]map[string]bool)
	var dirs []string
	add := func(path string, isSource bool) {
		dir, name := filepath.Split(path)
		dir = filepath.Clean(dir)
		if byDir[dir] == nil {
			byDir[dir] = make(map[string]bool)
			dirs = append(dirs, dir)
		}
		byDir[dir][name] = isSource
	}
	for _, one := range s.Sources {
		add(one.Name, true)
	}
	for _, manifest := range s.manifests {
		add(manifest, false)
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
// manifest's. ours has the names that List found: true for sources, false for manifests.
func incompleteIn(dir string, names []string, ours map[string]bool) (found []*Incomplete, err error) {
	if !slices.ContainsFunc(names, namedManifest) {
		return nil, nil
	}
	there := make(map[string]bool, len(names))
	for _, name := range names {
		there[Uncompressed(name)] = true
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
		_, listed := ours[name]
		if !listed && !slices.ContainsFunc(files, func(file string) bool { return ours[file] }) {
			continue // the manifest of another export
		}
		if missing := missingOf(files, there); len(missing) > 0 {
			found = append(found, &Incomplete{Manifest: manifest, Missing: missing, Files: len(files), Since: written(manifest, info)})
		}
	}
	return found, errors.Join(errs...)
}

// written returns when a file was written, in UTC. A download may set the modification time, even to one in
// the future, but not when the file system changed the file last.
func written(path string, info fs.FileInfo) time.Time {
	at := info.ModTime()
	if changed, ok := changedAt(path, info); ok && changed.Before(at) {
		at = changed
	}
	return at.UTC()
}

// missingOf returns the files that are not there. there has names without the ending of a compression.
func missingOf(files []string, there map[string]bool) (missing []string) {
	for _, file := range files {
		if !there[Uncompressed(file)] {
			missing = append(missing, file)
		}
	}
	return missing
}

// Uncompressed returns the name of a file without the ending of its compression, such as .gz.
func Uncompressed(name string) string {
	switch ending := filepath.Ext(name); ending {
	case ".gz", ".zst", ".br", ".lz4", ".snappy", ".sz":
		return strings.TrimSuffix(name, ending)
	}
	return name
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
