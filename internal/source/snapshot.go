package source

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"ph2cio/internal/parallel"
)

// Snapshot is what List found.
type Snapshot struct {
	Sources   []Source
	Strays    []string // files in directories and of globs that have nothing of an export; what is hidden too, directories with a slash behind
	Downloads []string // files there that a program has not written to its end
	Mixed     []Mixed  // files there that have events between lines of something else
	Broken    []string // links that lead nowhere
	Excluded  int      // files and directories that Options.Exclude has left out
	Not       []string // arguments that are one of Options.Not

	ExcludedDirectories int // of Excluded

	Manifests []string // arguments that are manifests of batch exports

	directories map[string][]string // those that were searched, by path: the names in them where one may be a manifest's, else nil

	lock sync.Mutex
	in   Store             // where Look looks; nil for the files of this machine
	seen map[string]looked // by Absolute names; nil until somebody looks
}

// looked is the answer to a look at a source.
type looked struct {
	source Source
	there  bool
}

// NewSnapshot is the snapshot of sources that a store has listed.
func NewSnapshot(in Store, sources []Source) *Snapshot { return &Snapshot{in: in, Sources: sources} }

// Look returns the source of this name, and whether there is one. Those of the snapshot are as they were found, and others as
// they are when they are first asked about: everybody gets the same answer. The zero Snapshot has no sources.
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
		now, err := Source{Name: name, In: s.in}.Now(ctx)
		answer = looked{now, err == nil}
		s.seen[key] = answer
	}
	return answer.source, answer.there
}

// Content is what a look into a file has found.
type Content struct {
	Stray bool // the file is no export
	Row   int  // of a stray: the first line that is a row of an export all the same, from 1; 0 for none
	Late  bool // that row is too far down for the file to be recognised by it
}

// Mixed is a file that is left out though it has events, since most of it is something else.
type Mixed struct {
	Name string
	Line int  // of the first event, from 1
	Late bool // that is too far down for the file to be recognised, so that it is refused even where it is named
}

// sortOut moves the sources that are strays to s.Strays, s.Downloads and s.Mixed.
func (s *Snapshot) sortOut(recognise func(Source) Content) {
	left, content := make([]bool, len(s.Sources)), make([]Content, len(s.Sources))
	var others []string
	for i, one := range s.Sources {
		switch name := strings.ToLower(filepath.Base(one.Name)); {
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
			content[i] = recognise(s.Sources[i])
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

// leftOut counts what was found and is no source.
func (s *Snapshot) leftOut() int {
	return len(s.Strays) + len(s.Downloads) + len(s.Mixed) + len(s.Broken) + s.Excluded + len(s.Not)
}
