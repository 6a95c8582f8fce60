package export

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
	"ph2cio/internal/posthog"
	"ph2cio/internal/report"
)

// fingerprintScheme is in front of every fingerprint: how chunks are cut is part of what it rests on.
const fingerprintScheme = "1"

// fingerprint stands for the rows of a source, and says how many there are.
type fingerprint struct {
	sum  [8]byte
	rows int64
}

// add takes in the next chunk of the source.
func (f *fingerprint) add(sum uint64, rows int64) {
	var both [16]byte
	copy(both[:], f.sum[:])
	binary.LittleEndian.PutUint64(both[8:], sum)
	binary.LittleEndian.PutUint64(f.sum[:], xxh3.Hash(both[:]))
	f.rows += rows
}

// Origin is what a run rests on, as the ledger keeps it.
func (l *Learned) Origin() (sources []ledger.Source, people []byte) {
	return l.sources(), l.peopleSum()
}

func (l *Learned) sources() (sources []ledger.Source) {
	trouble := map[string]string{}
	for _, t := range slices.Concat(l.Trouble, l.Said) {
		if t.Kind != posthog.Warning || t.Unended {
			trouble[t.Path] = t.Err.Error()
		}
	}
	firsts := make([]uint64, len(l.places.sources))
	for _, begun := range l.places.begun {
		firsts[begun.source] = begun.ref
	}
	for i, source := range l.places.sources {
		one := ledger.Source{
			Path: Absolute(source.Name), Size: source.Size, First: firsts[i], Rows: l.prints[i].rows, Trouble: trouble[source.Name],
			Fingerprint: fmt.Sprintf("%s:%x", fingerprintScheme, l.prints[i].sum),
		}
		one.Modified, one.Ends = standOf(source.Name, source.Size)
		one.Recent = l.held[i]
		sources = append(sources, one)
	}
	return sources
}

// printed are the sources of a run, by what the state calls them.
func (l *Learned) printed(plan *Plan) map[string]ledger.Source {
	sources := l.sources()
	all := map[string]ledger.Source{}
	for i := range sources {
		all[plan.nameOf(plan.Sources[i].Name)] = sources[i]
	}
	return all
}

// endsSize is how many bytes at its beginning, and at its end, stand for a file when it is looked at again.
const endsSize = 64 << 10

// standOf tells when a file was modified, and what stands for its first so many bytes; zero values when that cannot be known.
func standOf(path string, size int64) (modified int64, ends string) {
	file, err := os.Open(path)
	if err != nil {
		return 0, ""
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || size == 0 {
		return 0, ""
	}
	h := xxh3.New()
	for _, part := range []io.Reader{io.NewSectionReader(file, 0, min(size, endsSize)), io.NewSectionReader(file, max(0, size-endsSize), min(size, endsSize))} {
		if _, err := io.Copy(h, part); err != nil {
			return 0, ""
		}
	}
	return info.ModTime().UnixNano(), fmt.Sprintf("%x", h.Sum128().Bytes())
}

// grown reports whether a file still begins as it was when a run read it.
func grown(path string, then ledger.Source, size int64) bool {
	_, ends := standOf(path, then.Size)
	return size > then.Size && ends != "" && ends == then.Ends
}

// unchanged reports whether a file looks as it did when a run read it, though it was written since.
func unchanged(path string, then ledger.Source, size int64) bool {
	_, ends := standOf(path, size)
	return size == then.Size && ends != "" && ends == then.Ends
}

// SureOf reports whether a file surely has the rows that a run read there: nothing in it has changed, or for
// one that is too large to look through, it begins and ends as it did and was not written since.
func SureOf(path string, then ledger.Source, size int64) bool {
	modified, ends := standOf(path, size)
	return size == then.Size && ends != "" && ends == then.Ends && (size <= 2*endsSize || modified == then.Modified)
}

// Holds reports whether a file looks as if all was still in it that a run read there.
func Holds(path string, then ledger.Source, size int64) bool {
	return unchanged(path, then, size) || grown(path, then, size)
}

// peopleSum stands for who is sent under what, and what is merged.
func (l *Learned) peopleSum() []byte {
	h := xxh3.New()
	text := func(s string) {
		_, _ = h.WriteString(s) // a hash takes everything
		_, _ = h.Write([]byte{0})
	}
	for p := range l.People.People() {
		text(p.DistinctID)
		text(p.By.String())
		text(p.Value)
	}
	for link := range l.People.Links() {
		text(link.Person.DistinctID)
		text(link.By.String())
		text(link.Value)
	}
	sum := h.Sum128().Bytes()
	return sum[:]
}

// Absolute is a path as the ledger keeps it, so that a run can go on from another directory.
func Absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

// Matches reports whether a run that was begun rests on the same sources and people, which are those of Origin. The error says
// what is different: it is a *posthog.SourceError where that is a source.
func (l *Learned) Matches(begun *ledger.Run, sources []ledger.Source, people []byte) error {
	if len(sources) != len(begun.Sources) {
		return fmt.Errorf("the run that began at %s had %d sources, not %d", report.Time(begun.Began), len(begun.Sources), len(sources))
	}
	for i, now := range sources {
		then := begun.Sources[i]
		now.Modified, now.Ends = then.Modified, then.Ends // what is in it counts
		if now != then {
			return ChangedSince(begun, l.places.sources[i].Name)
		}
	}
	if l.Rows != begun.Rows || !bytes.Equal(people, begun.People) {
		return &PeopleChanged{begun.Began}
	}
	return nil
}

// PeopleChanged says that the people are not those that a run began with, though its sources are the same.
type PeopleChanged struct{ Began time.Time }

func (e *PeopleChanged) Error() string {
	return fmt.Sprintf("the people are not the same as when the run began at %s, although the files are", report.Time(e.Began))
}

// ExitCode is what the program ends with.
func (e *PeopleChanged) ExitCode() int { return exit.Failed }

// Hint is what to do about it.
func (e *PeopleChanged) Hint() string {
	return "resume with the version of ph2cio that began the run, or plan again with --restart, which keeps what was sent"
}

// ChangedSince is the error for a source that is not what a run began with.
func ChangedSince(begun *ledger.Run, path string) error {
	return &posthog.SourceError{
		Path: path, Kind: posthog.Changed, Err: fmt.Errorf("the file has changed since the run began at %s", report.Time(begun.Began)),
		Advice: "restore the file and run the same command again to resume, or plan again with --restart, which keeps what was sent",
	}
}
