package export

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/asread"
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
		version, ends := asread.Ends(ctx, s, s.Size)
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
