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

// Origin returns what a run was begun with, as the ledger records it: the sources, and a hash of who is sent
// under what. It opens every source whose version has no tag.
func (f *FirstPass) Origin(ctx context.Context) (sources []ledger.Source, people []byte) {
	return f.sources(ctx), f.peopleSum()
}

func (f *FirstPass) sources(ctx context.Context) (sources []ledger.Source) {
	trouble := map[string]string{}
	for _, t := range slices.Concat(f.Trouble, f.Warnings) {
		if t.Kind != posthog.Warning || t.Unended {
			trouble[t.Path] = t.Err.Error()
		}
	}
	firsts := make([]uint64, len(f.places.sources))
	for _, begun := range f.places.begun {
		firsts[begun.source] = begun.ref
	}
	for i, s := range f.places.sources {
		version, ends := asread.Ends(ctx, s)
		sources = append(sources, ledger.Source{
			Path: source.Absolute(s.Name), Size: s.Size, Modified: version.Modified, Ends: ends,
			First: firsts[i], Rows: f.prints[i].rows, Trouble: trouble[s.Name],
			Fingerprint: fmt.Sprintf("%s:%x", fingerprintScheme, f.prints[i].sum),
		})
	}
	return sources
}

// peopleSum is a hash of who is sent under which identifier, and of the merges.
func (f *FirstPass) peopleSum() []byte {
	h := xxh3.New()
	text := func(s string) {
		_, _ = h.WriteString(s) // a hash takes everything
		_, _ = h.Write([]byte{0})
	}
	for p := range f.People.People() {
		text(p.DistinctID)
		text(p.By.String())
		text(p.Value)
	}
	for link := range f.People.Merges() {
		text(link.Person.DistinctID)
		text(link.By.String())
		text(link.Value)
	}
	sum := h.Sum128().Bytes()
	return sum[:]
}
