package source

import (
	"bytes"
	"context"
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

// isManifest reports whether a file is a batch export's manifest: its name ends with _manifest.json, and it
// is an object that begins with a list of files.
func isManifest(path string) bool {
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
	return beginsManifest(json.NewDecoder(io.LimitReader(file, manifestHead)))
}

// beginsManifest reports whether JSON begins as a manifest, up to its first file.
func beginsManifest(d *json.Decoder) bool {
	for _, want := range []json.Token{json.Delim('{'), "files", json.Delim('[')} {
		if got, err := d.Token(); err != nil || got != want {
			return false
		}
	}
	return true
}

// manifestHead is how many bytes of a file are examined to recognise a manifest.
const manifestHead = 512

func namedManifest(name string) bool { return strings.HasSuffix(name, "_manifest.json") }

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
//
// An object of a store whose name is that of a manifest, and that is none, is an error too: nothing has read
// it. known reports whether a manifest of a store is known to be one whose files have all been there, so that
// it need not be opened. It may be nil.
func (s *Snapshot) Incomplete(ctx context.Context, known func(manifest Source) bool) ([]*Incomplete, error) {
	places, ours := s.placesOfManifests()
	var opened []Source
	for _, p := range places {
		if known != nil {
			p.manifests = slices.DeleteFunc(p.manifests, func(one Source) bool { return one.In != nil && known(one) })
		}
		opened = append(opened, p.manifests...)
	}
	defer Announce(ctx, opened)()
	s.complete = nil
	var found []*Incomplete
	var errs []error
	for _, p := range places {
		incomplete, complete, err := p.check(ctx, ours[p.dir])
		found, errs = append(found, incomplete...), append(errs, err)
		s.complete = append(s.complete, complete...)
	}
	return found, errors.Join(errs...)
}

// Complete is an export in a store. All files that its manifest lists are there.
type Complete struct {
	Manifest Source
	Files    []string // the names of its sources, perhaps with another compression than they have
}

// Complete returns the exports in stores whose manifests the last call of Incomplete has opened, and whose
// files are all there.
func (s *Snapshot) Complete() []Complete { return s.complete }

// manifestPlace is a directory, or what stands for one in a store, in which sources or manifests were found.
type manifestPlace struct {
	dir       string
	names     []string // in it
	err       error    // why its names are unknown
	manifests []Source // sorted by name
}

// placesOfManifests returns the places in which manifests may be, and by directory the names that List found
// there: true for sources, false for manifests.
func (s *Snapshot) placesOfManifests() (places []*manifestPlace, ours map[string]map[string]bool) {
	ours = make(map[string]map[string]bool)
	add := func(name string, isSource bool) {
		dir := Dir(name)
		if ours[dir] == nil {
			ours[dir] = make(map[string]bool)
			places = append(places, s.placeOf(dir))
		}
		ours[dir][Base(name)] = isSource
	}
	for _, one := range s.Sources {
		add(one.Name, true)
	}
	for _, manifest := range s.manifests {
		add(manifest.Name, false)
	}
	return places, ours
}

// placeOf returns the place of a directory or URL.
func (s *Snapshot) placeOf(dir string) *manifestPlace {
	p := &manifestPlace{dir: dir}
	if IsURL(dir) {
		s.addListed(p)
	} else {
		s.addFiles(p)
	}
	slices.SortFunc(p.manifests, func(a, b Source) int { return strings.Compare(a.Name, b.Name) })
	p.manifests = slices.Compact(p.manifests) // several arguments may have listed a URL
	return p
}

// addFiles adds the names and manifests in a directory.
func (s *Snapshot) addFiles(p *manifestPlace) {
	names, searched := s.directories[p.dir]
	if !searched {
		names, p.err = namesIn(p.dir)
	}
	p.names = names
	for _, name := range names {
		if !namedManifest(name) {
			continue
		}
		path := filepath.Join(p.dir, name)
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && isManifest(path) {
			one := fileSource(path, info)
			one.Version.Modified = written(path, info).UnixNano()
			p.manifests = append(p.manifests, one)
		}
	}
}

// addListed adds the names and manifests that stores have listed in a place.
func (s *Snapshot) addListed(p *manifestPlace) {
	for _, l := range s.listings {
		for _, one := range l.below(p.dir + "/") {
			if Dir(one.Name) != p.dir {
				continue
			}
			p.names = append(p.names, Base(one.Name))
			if namedManifest(one.Name) {
				p.manifests = append(p.manifests, one)
			}
		}
	}
}

// check reads the manifests of one place. ours has the names that List found in it: true for sources, false
// for manifests. complete are only exports in stores.
func (p *manifestPlace) check(ctx context.Context, ours map[string]bool) (incomplete []*Incomplete, complete []Complete, err error) {
	if p.err != nil || len(p.manifests) == 0 {
		return nil, nil, p.err
	}
	there := make(map[string]bool, len(p.names))
	for _, name := range p.names {
		there[Uncompressed(name)] = true
	}
	var errs []error
	for _, manifest := range p.manifests {
		_, listed := ours[Base(manifest.Name)]
		files, is, err := readManifest(ctx, manifest)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			errs = append(errs, fmt.Errorf("reading the manifest %s: %w", manifest.Name, err))
		case !is && listed:
			errs = append(errs, fmt.Errorf("%s is named like a manifest, but is none; it is left out unless you name it as a SOURCE", manifest.Name))
		case !is || !listed && !slices.ContainsFunc(files, func(file string) bool { return ours[file] }):
			// the manifest of another export
		default:
			if missing := missingOf(files, there); len(missing) > 0 {
				incomplete = append(incomplete, &Incomplete{
					Manifest: manifest.Name, Missing: missing, Files: len(files), Since: time.Unix(0, manifest.Version.Modified).UTC(),
				})
			} else if manifest.In != nil {
				complete = append(complete, Complete{manifest, siblings(manifest.Name, files)})
			}
		}
	}
	return incomplete, complete, errors.Join(errs...)
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

// siblings returns the names of the sources in what another one is in.
func siblings(name string, bases []string) (names []string) {
	for _, base := range bases {
		names = append(names, Sibling(name, base))
	}
	return names
}

// readManifest returns the names of the files that a manifest lists, without the folders of the bucket. is
// says whether the source is a manifest.
func readManifest(ctx context.Context, manifest Source) (files []string, is bool, err error) {
	file, err := manifest.Open(ctx, 0)
	if err != nil {
		return nil, false, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, largestManifest))
	if err != nil {
		return nil, false, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if !beginsManifest(d) {
		return nil, false, nil
	}
	for d.More() {
		var key string
		if err := d.Decode(&key); err != nil {
			return nil, true, err
		}
		files = append(files, path.Base(key))
	}
	_, err = d.Token()
	return files, true, err
}
