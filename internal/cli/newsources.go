package cli

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ph2cio/internal/export"
	"ph2cio/internal/ledger"
	"ph2cio/internal/posthog"
)

// knownSources are the sources that earlier runs have read, by name.
func (p *program) knownSources(ctx context.Context, state *ledger.Store) (map[string]ledger.KnownSource, error) {
	known := map[string]ledger.KnownSource{}
	for one, err := range state.KnownSources(ctx) {
		if err != nil {
			return nil, err
		}
		known[one.Path] = one
	}
	return known, nil
}

// onlyNew takes those sources off a plan of which nothing is new, and those that have to wait.
func (p *program) onlyNew(plan *export.Plan, known map[string]ledger.KnownSource) {
	plan.Sources = slices.DeleteFunc(slices.Clone(plan.Sources), func(source posthog.Source) bool {
		if waits(source.Path, plan.Incomplete) {
			p.warn("%s waits until the other files of its export are there", source.Path)
			return true
		}
		then, ok := known[p.sourceName(source.Path)]
		return ok && p.asItWas(source, &then)
	})
}

// asItWas reports whether a source is what an earlier run has read, and warns of one that is another file by the same name.
func (p *program) asItWas(source posthog.Source, then *ledger.KnownSource) bool {
	info, err := os.Stat(source.Path)
	if err == nil && source.Size == then.Size && info.ModTime().UnixNano() == then.Modified {
		return then.Trouble == ""
	}
	if then.Trouble == "" && !export.Grown(source.Path, then.Source, source.Size) && !export.Unchanged(source.Path, then.Source, source.Size) {
		p.warn("%s is another file than the one that was sent: it is read whole, and what is in both is not sent again", source.Path)
	}
	return false
}

// waits reports whether a file is one of an export of which files are missing.
func waits(path string, incomplete []*posthog.Incomplete) bool {
	for _, export := range incomplete {
		name, _, _ := strings.Cut(filepath.Base(export.Manifest), "_manifest")
		if filepath.Dir(path) == filepath.Dir(export.Manifest) && strings.HasPrefix(filepath.Base(path), name) {
			return true
		}
	}
	return false
}
