package source

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"ph2cio/internal/parallel"
)

// Snapshot is what List found.
type Snapshot struct {
	Sources   []Source
	Strays    []string // files in directories and of globs that are no exports, and hidden ones; directories end with a slash
	Downloads []string // unfinished downloads there
	Mixed     []Mixed  // files there with events between other lines
	Broken    []string // dangling links
	Excluded  int      // files and directories that Options.Exclude has left out
	Not       []string // arguments that are one of Options.Not

	ExcludedDirectories int // of Excluded

	Manifests []string // arguments that are manifests of batch exports

	manifests    []Source            // all manifests that were found: in directories, by globs and as arguments
	directories  map[string][]string // those that were searched, by path, with their names if one may be a manifest's
	listings     []*listing          // what stores have listed
	searchedURLs []string            // the beginnings of URLs whose objects are all sources, strays or left out
	remote       Remote              // finds the stores of URLs
	complete     []Complete          // set by Incomplete

	lock     sync.Mutex
	seen     map[string]looked // by Absolute names; nil until the first Look
	asked    map[string]int    // how many sources of unlisted folders were looked for, by Dir
	searched map[string]bool   // directories by Absolute names, true if all of their parts were searched too; nil until Searched
}

// looked is a result of Look.
type looked struct {
	source Source
	there  bool
}

// NewSnapshot returns a snapshot of sources that are known already, perhaps none. remote finds the stores
// that they and others are in.
func NewSnapshot(remote Remote, sources []Source) *Snapshot {
	return &Snapshot{remote: remote, Sources: sources}
}

// Look returns the source of this name, and whether there is one. Sources of the snapshot are as they were
// found, and others as they are at the first Look. So every call with the same name returns the same. A store
// is not asked again about what it has listed. A source that its store says nothing about, such as for lack
// of a permission, is taken to be there, without a size or version: reading it reports the error. The zero
// Snapshot has no sources.
func (s *Snapshot) Look(ctx context.Context, name string) (Source, bool) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.seen == nil {
		s.seen = make(map[string]looked, len(s.Sources))
		for _, one := range s.Sources {
			if one.Version != (Version{}) {
				s.seen[Absolute(one.Name)] = looked{one, true}
			}
		}
	}
	key := Absolute(name)
	answer, known := s.seen[key]
	if !known {
		answer = s.lookNow(ctx, name)
		s.seen[key] = answer
	}
	return answer.source, answer.there
}

// lookNow looks for a source that is not among those of the snapshot.
func (s *Snapshot) lookNow(ctx context.Context, name string) looked {
	for _, l := range s.listings {
		if strings.HasPrefix(name, l.prefix) {
			one, there := l.look(name)
			return looked{one, there}
		}
	}
	one := Source{Name: name}
	store, err := s.remote.store(name)
	if err != nil {
		one.In = &unreachable{err}
		return looked{one, true}
	}
	if store != nil {
		one.In = store
		if s.listsFolder(ctx, store, Dir(name)) {
			return s.lookNow(ctx, name)
		}
	}
	now, err := one.Now(ctx)
	if err != nil && store != nil && !errors.Is(err, fs.ErrNotExist) {
		return looked{one, true}
	}
	return looked{now, err == nil}
}

// mostAsked is how many sources of one folder are asked for one by one.
const mostAsked = 20

// listsFolder lists a folder when many of its sources have been looked for, and reports whether it did.
func (s *Snapshot) listsFolder(ctx context.Context, store Lister, folder string) bool {
	if s.asked == nil {
		s.asked = map[string]int{}
	}
	s.asked[folder]++
	if s.asked[folder] != mostAsked {
		return false
	}
	_, err := s.list(ctx, store, folder+"/")
	return err == nil
}

// list asks a store for all sources whose names begin with a prefix, unless that has been listed, and keeps
// the answer.
func (s *Snapshot) list(ctx context.Context, store Lister, prefix string) (*listing, error) {
	for _, l := range s.listings {
		if strings.HasPrefix(prefix, l.prefix) {
			return &listing{prefix, l.below(prefix)}, nil
		}
	}
	sources, err := store.List(ctx, prefix)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(sources, func(a, b Source) int { return compareURLs(a.Name, b.Name) })
	l := &listing{prefix, sources}
	covered := func(other *listing) bool { return strings.HasPrefix(other.prefix, prefix) }
	s.listings = append(slices.DeleteFunc(slices.Clone(s.listings), covered), l) // others may share the old ones
	return l, nil
}

// Searched reports whether List has looked where a file of this path was: in its directory, or in one of
// which that is a part. It also reports true for a name that is neither an absolute path nor a URL, which is
// in no directory.
func (s *Snapshot) Searched(path string) bool {
	if !filepath.IsAbs(path) && !IsURL(path) {
		return true
	}
	if slices.ContainsFunc(s.searchedURLs, func(prefix string) bool { return strings.HasPrefix(path, prefix) }) {
		return true
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.searched == nil {
		s.searched = map[string]bool{}
		for _, one := range s.Sources {
			s.searched[Dir(Absolute(one.Name))] = false
		}
		for name := range s.directories {
			s.searched[Absolute(name)] = true
		}
	}
	dir := Dir(path)
	if _, searched := s.searched[dir]; searched {
		return true
	}
	for !s.searched[dir] {
		above := Dir(dir)
		if above == dir {
			return false
		}
		dir = above
	}
	return true
}

// addSource adds a source, addStray a stray, addBroken a dangling link, and addOther an argument that is one
// of Options.Not.
func (s *Snapshot) addSource(one Source)     { s.Sources = append(s.Sources, one) }
func (s *Snapshot) addStray(path string)     { s.Strays = append(s.Strays, path) }
func (s *Snapshot) addBroken(path string)    { s.Broken = append(s.Broken, path) }
func (s *Snapshot) addOther(argument string) { s.Not = append(s.Not, argument) }

// addManifest adds a manifest for Incomplete. isArgument says that an argument names it.
func (s *Snapshot) addManifest(one Source, isArgument bool) {
	s.manifests = append(s.manifests, one)
	if isArgument {
		s.Manifests = append(s.Manifests, one.Name)
	}
}

// grow makes room for more sources.
func (s *Snapshot) grow(more int) { s.Sources = slices.Grow(s.Sources, more) }

// addExcluded counts a path that Options.Exclude leaves out.
func (s *Snapshot) addExcluded(isDirectory bool) {
	s.Excluded++
	if isDirectory {
		s.ExcludedDirectories++
	}
}

// Content is what Options.Recognise has found in a file.
type Content struct {
	Stray bool // whether the file is no export
	Row   int  // of a stray: the first line that is a row of an export nevertheless, from 1; 0 for none
	Late  bool // that row comes too late for recognising the file

	Unread bool // the file could not be read as far as that was necessary, so that the rest may be wrong
}

// Mixed is a file that is left out although it has events, since most of its lines are not.
type Mixed struct {
	Name string
	Line int  // of the first event, from 1
	Late bool // that line is too late for recognising the file, which is refused even if it is named
}

// sortOut moves the sources that are strays to s.Strays, s.Downloads and s.Mixed.
func (s *Snapshot) sortOut(ctx context.Context, recognise func(context.Context, Source) Content) {
	left, content := make([]bool, len(s.Sources)), make([]Content, len(s.Sources))
	var others []string
	for i, one := range s.Sources {
		switch name := strings.ToLower(Base(one.Name)); {
		case !one.Beside:
		case downloading(name):
			left[i] = true
			s.Downloads = append(s.Downloads, one.Name)
		case strayName(name):
			left[i] = true
			others = append(others, one.Name)
		}
	}
	parallel.Each(len(s.Sources), func(i int) {
		if s.Sources[i].Beside && !left[i] {
			content[i] = recognise(ctx, s.Sources[i])
		}
	})
	for i, c := range content {
		switch {
		case !c.Stray:
			continue
		case c.Row > 0:
			s.Mixed = append(s.Mixed, Mixed{s.Sources[i].Name, c.Row, c.Late})
		default:
			others = append(others, s.Sources[i].Name)
		}
		left[i] = true
	}
	next := 0
	s.Sources = slices.DeleteFunc(s.Sources, func(Source) bool { next++; return left[next-1] })
	s.Strays = append(others, s.Strays...)
}

// leftOut returns how many files were found that are no sources.
func (s *Snapshot) leftOut() int {
	return len(s.Strays) + len(s.Downloads) + len(s.Mixed) + len(s.Broken) + s.Excluded + len(s.Not)
}
