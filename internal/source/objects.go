package source

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
)

// listing is what a store has listed: all of its sources whose names begin with a prefix, by compareURLs.
type listing struct {
	prefix  string
	sources []Source
}

// Listings are what stores have listed. The zero value is empty. It must not be used by several goroutines at
// once.
type Listings struct{ all []*listing }

// search returns where a name is or would be among the listed sources.
func (l *listing) search(name string) (at int, found bool) {
	return slices.BinarySearchFunc(l.sources, name, func(s Source, name string) int { return compareURLs(s.Name, name) })
}

// below returns the listed sources whose names begin with a prefix.
func (l *listing) below(prefix string) []Source {
	first, _ := l.search(prefix)
	all := l.sources[first:]
	for i := range all {
		if !strings.HasPrefix(all[i].Name, prefix) {
			return all[:i]
		}
	}
	return all
}

// look returns the listed source of a name.
func (l *listing) look(name string) (Source, bool) {
	at, found := l.search(name)
	if !found {
		return Source{}, false
	}
	return l.sources[at], true
}

// url adds what a URL names: an object, all that is below it, what a glob matches, or whatever begins with
// it.
func (f *finder) url(ctx context.Context, store Lister, url string) error {
	under := strings.TrimSuffix(url, "/")
	special := strings.IndexAny(url, `*?[\`)
	prefix := under + "/"
	if special >= 0 {
		prefix = url[:special]
		if !strings.Contains(prefix[afterScheme(url):], "/") {
			return fmt.Errorf("source %q: the name of a bucket cannot be a glob", url)
		}
	}
	inBucket := special < 0 && under == url && Dir(url) != url
	if inBucket && strings.Contains(Base(url), ".") { // most likely an object
		prefix = withParts(url)
	}
	all, err := f.list(ctx, store, prefix)
	if err == nil && len(all.sources) == 0 && inBucket {
		all, err = f.list(ctx, store, withParts(url))
	}
	if err != nil {
		return fmt.Errorf("source %q: %w", url, err)
	}
	one, is := all.look(url)
	below := all.below(under + "/")
	switch {
	case is && url != under+"/":
		f.namedObject(ctx, one)
		return nil
	case len(below) > 0:
		f.folder(under, below)
	case special >= 0:
		if _, err := path.Match(url, ""); err != nil {
			return fmt.Errorf("source %q: %w: write \\[ for a literal [", url, err)
		}
		f.urlGlob(url, all.sources)
	case inBucket:
		if below = all.below(url); len(below) == 0 {
			return fmt.Errorf("source %q does not exist: check the bucket and the path in it", url)
		}
		f.beginning(url, below)
	}
	if f.matched == 0 {
		return nothingIn(url)
	}
	return nil
}

// withParts returns the beginning of a URL that all parts of a split export and their manifest share. PostHog
// numbers the parts: events-0.jsonl.gz, events-1.jsonl.gz, events_manifest.json.
func withParts(url string) string {
	last := strings.LastIndexByte(url, '-')
	number, _, _ := strings.Cut(url[last+1:], ".")
	if last <= len(Dir(url)) || number == "" || strings.Trim(number, "0123456789") != "" {
		return url
	}
	return url[:last]
}

// namedObject adds the object of an argument.
func (f *finder) namedObject(ctx context.Context, one Source) {
	manifest := false
	if namedManifest(one.Name) {
		_, manifest, _ = readManifest(ctx, one) // an error comes again where the source is read
	}
	switch {
	case f.excludes(one.Name, ""):
		f.addExcluded(false)
		if manifest {
			f.addManifest(one, true)
		}
	case manifest:
		f.addManifest(one, true)
	case slices.Contains(f.options.Not, one.Name):
		f.addOther(one.Name)
	default:
		f.object(one, false)
	}
}

// folder adds all objects below a URL.
func (f *finder) folder(url string, below []Source) {
	f.root = url
	if f.excludes(url, "") || f.excludes(url, "/") {
		f.addExcluded(true)
		f.matched++
		return
	}
	f.under(url, below)
	f.searchedURLs = append(f.searchedURLs, url+"/")
}

// urlGlob adds the objects that a glob matches, and all below the folders that it matches.
func (f *finder) urlGlob(glob string, listed []Source) {
	pattern := strings.TrimSuffix(glob, "/")
	slashes := strings.Count(pattern, "/")
	showsHidden := hidden(pattern)
	for len(listed) > 0 {
		name := cutAfter(listed[0].Name, slashes)
		same := listed[:1]
		if name != listed[0].Name { // a folder
			same = (&listing{sources: listed}).below(name + "/")
		}
		listed = listed[len(same):]
		if matched, _ := path.Match(pattern, name); !matched || hidden(name) && !showsHidden {
			continue
		}
		switch {
		case name != same[0].Name && !f.leavesFolder(name):
			f.under(name, same)
			f.searchedURLs = append(f.searchedURLs, name+"/")
		case name == same[0].Name && pattern == glob:
			f.foundObject(same[0])
		}
	}
}

// beginning adds the objects whose URLs begin with one that names neither an object nor a folder.
func (f *finder) beginning(url string, listed []Source) {
	f.root = Dir(url)
	f.under(f.root, listed)
	f.searchedURLs = append(f.searchedURLs, url)
}

// under adds objects below a folder, but for those that are hidden or excluded, or in such a folder.
func (f *finder) under(folder string, objects []Source) {
	left := map[string]bool{} // whether a folder is left out
	for _, one := range objects {
		switch {
		case f.leftFolder(left, folder, one.Name):
		case !hidden(one.Name):
			f.foundObject(one)
		case !settingsName(Base(one.Name)) && !f.leavesObject(one.Name):
			f.addStray(one.Name)
		}
	}
}

// leftFolder reports whether an object is left out because of a folder that it is in, below root. left has
// the folders that were asked about before.
func (f *finder) leftFolder(left map[string]bool, root, name string) bool {
	for at := len(root) + 1; ; {
		next := strings.IndexByte(name[at:], '/')
		if next < 0 {
			return false
		}
		at += next
		folder := name[:at]
		out, known := left[folder]
		if !known {
			if out = f.leavesFolder(folder); !out && hidden(folder) {
				f.addStray(folder + "/")
				out = true
			}
			left[folder] = out
		}
		if out {
			return true
		}
		at++
	}
}

// leavesFolder counts a folder, and reports whether it is excluded.
func (f *finder) leavesFolder(folder string) bool {
	if plain, slash := f.excludes(folder, ""), f.excludes(folder, "/"); !plain && !slash {
		return false
	}
	f.addExcluded(true)
	f.matched++
	return true
}

// leavesObject counts an object, and reports whether it is excluded.
func (f *finder) leavesObject(name string) bool {
	if !f.excludes(name, "") {
		return false
	}
	f.addExcluded(false)
	f.matched++
	return true
}

// foundObject adds an object that no argument names.
func (f *finder) foundObject(one Source) {
	switch name := one.Name; {
	case strings.HasSuffix(name, "/") && one.Size == 0: // a folder that a program has made
	case f.leavesObject(name):
	case namedManifest(name):
		f.matched++
		f.addManifest(one, false)
	case slices.Contains(f.options.Not, name):
		f.matched++
	default:
		f.object(one, true)
	}
}

// object adds an object as a source, unless it is one already.
func (f *finder) object(one Source, beside bool) {
	f.matched++
	if f.urls[one.Name] {
		return
	}
	f.urls[one.Name] = true
	one.Beside = beside
	f.addWith(one, nil)
}

// cutAfter returns a name up to the slash that comes after a number of others, or the whole name.
func cutAfter(name string, slashes int) string {
	for i := range len(name) {
		if name[i] == '/' {
			if slashes == 0 {
				return name[:i]
			}
			slashes--
		}
	}
	return name
}
