package transfer

import (
	"context"
	"fmt"
	"slices"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/asread"
	"ph2cio/internal/ledger"
	"ph2cio/internal/posthog"
	"ph2cio/internal/source"
)

// Origin is what a run rests on, as the ledger keeps it.
func (l *FirstPass) Origin(ctx context.Context) (sources []ledger.Source, people []byte) {
	return l.sources(ctx), l.peopleSum()
}

func (l *FirstPass) sources(ctx context.Context) (sources []ledger.Source) {
	trouble := map[string]string{}
	for _, t := range slices.Concat(l.Trouble, l.Warnings) {
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
func (l *FirstPass) printed(ctx context.Context, plan *Plan) map[string]ledger.Source {
	sources := l.sources(ctx)
	all := map[string]ledger.Source{}
	for i := range sources {
		all[plan.nameOf(plan.Sources[i].Name)] = sources[i]
	}
	return all
}

// peopleSum stands for who is sent under what, and what is merged.
func (l *FirstPass) peopleSum() []byte {
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
	for link := range l.People.Merges() {
		text(link.Person.DistinctID)
		text(link.By.String())
		text(link.Value)
	}
	sum := h.Sum128().Bytes()
	return sum[:]
}
