package export

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/exit"
	"ph2cio/internal/ledger"
	"ph2cio/internal/posthog"
	"ph2cio/internal/report"
	"ph2cio/internal/source"
)

// Origin is what a run rests on, as the ledger keeps it.
func (l *Learned) Origin(ctx context.Context) (sources []ledger.Source, people []byte) {
	return l.sources(ctx), l.peopleSum()
}

func (l *Learned) sources(ctx context.Context) (sources []ledger.Source) {
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
	for i, s := range l.places.sources {
		one := ledger.Source{
			Path: source.Absolute(s.Name), Size: s.Size, First: firsts[i], Rows: l.prints[i].rows, Trouble: trouble[s.Name],
			Fingerprint: fmt.Sprintf("%s:%x", fingerprintScheme, l.prints[i].sum),
		}
		version, ends := standOf(ctx, s, s.Size)
		one.Modified, one.Ends = version.Modified, ends
		one.Recent = l.held[i]
		sources = append(sources, one)
	}
	return sources
}

// printed are the sources of a run, by what the state calls them.
func (l *Learned) printed(ctx context.Context, plan *Plan) map[string]ledger.Source {
	sources := l.sources(ctx)
	all := map[string]ledger.Source{}
	for i := range sources {
		all[plan.nameOf(plan.Sources[i].Name)] = sources[i]
	}
	return all
}

// endsSize is how many bytes at its beginning, and at its end, stand for a source when it is looked at again.
const endsSize = 64 << 10

// standOf tells the version of a source, and what stands for its first size bytes; zero values when that cannot be known.
func standOf(ctx context.Context, s source.Source, size int64) (version source.Version, ends string) {
	file, err := s.Open(ctx, 0)
	if err != nil {
		return version, ""
	}
	defer file.Close()
	opened, err := file.Version()
	if err != nil || size == 0 {
		return version, ""
	}
	h := xxh3.New()
	if _, err := io.Copy(h, io.LimitReader(file, min(size, endsSize))); err != nil {
		return version, ""
	}
	end, err := lastPart(ctx, s, file, size)
	if err != nil {
		return version, ""
	}
	defer end.Close()
	if _, err := io.Copy(h, end); err != nil {
		return version, ""
	}
	return opened, fmt.Sprintf("%x", h.Sum128().Bytes())
}

// lastPart reads what a source's first size bytes end with. The source is opened once more if its file cannot be read anywhere.
func lastPart(ctx context.Context, s source.Source, file source.File, size int64) (io.ReadCloser, error) {
	start, length := max(0, size-endsSize), min(size, endsSize)
	if at, ok := file.(io.ReaderAt); ok {
		return io.NopCloser(io.NewSectionReader(at, start, length)), nil
	}
	end, err := s.Open(ctx, start)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(end, length), end}, nil
}

// grown reports whether a source still begins as it was when a run read it.
func grown(ctx context.Context, s source.Source, then ledger.Source) bool {
	_, ends := standOf(ctx, s, then.Size)
	return s.Size > then.Size && ends != "" && ends == then.Ends
}

// unchanged reports whether a source looks as it did when a run read it, though it was written since.
func unchanged(ctx context.Context, s source.Source, then ledger.Source) bool {
	_, ends := standOf(ctx, s, s.Size)
	return s.Size == then.Size && ends != "" && ends == then.Ends
}

// SureOf reports whether a source surely has the rows that a run read there: nothing in it has changed, or for one that is too
// large to look through, it begins and ends as it did and was not written since.
func SureOf(ctx context.Context, s source.Source, then ledger.Source) bool {
	version, ends := standOf(ctx, s, s.Size)
	return s.Size == then.Size && ends != "" && ends == then.Ends && (s.Size <= 2*endsSize || version.Same(versionThen(&then)))
}

// Holds reports whether a source looks as if all was still in it that a run read there.
func Holds(ctx context.Context, s source.Source, then ledger.Source) bool {
	return unchanged(ctx, s, then) || grown(ctx, s, then)
}

// AsItWas reports whether a source is what a run has read to its end, without opening it.
func AsItWas(s source.Source, then *ledger.Source) bool {
	return s.Size == then.Size && s.Version.Same(versionThen(then)) && then.Trouble == ""
}

// versionThen is the version of a source that a run has read.
func versionThen(then *ledger.Source) source.Version { return source.Version{Modified: then.Modified} }

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
