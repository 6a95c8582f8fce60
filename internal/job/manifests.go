package job

import (
	"context"
	"slices"

	"ph2cio/internal/asread"
	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

// CompleteManifests returns a function that reports whether a manifest of a store is known to be of an export
// all of whose files earlier runs have read. Such a manifest need not be opened.
func CompleteManifests(ctx context.Context, l Ledger) (func(manifest source.Source) bool, error) {
	saved, err := l.Manifests(ctx)
	if err != nil {
		return nil, err
	}
	known := make(map[string]string, len(saved))
	for _, one := range saved {
		known[one.Path] = one.Ends
	}
	return func(manifest source.Source) bool {
		ends, is := known[manifest.Name]
		return is && asread.HasTag(manifest, ends)
	}, nil
}

// completeNow returns the manifests of exports whose files a run and those before it have all read.
func (j *Job) completeNow(ctx context.Context, run *ledger.Run, l Ledger) (all []ledger.Manifest, err error) {
	complete := j.Inputs.Complete()
	if len(complete) == 0 {
		return nil, nil
	}
	read, err := readBefore(ctx, l)
	if err != nil {
		return nil, err
	}
	for _, one := range run.Sources {
		read[source.Uncompressed(one.Path)] = true
	}
	for _, one := range complete {
		if !slices.ContainsFunc(one.Files, func(name string) bool { return !read[source.Uncompressed(name)] }) {
			_, ends := asread.Ends(ctx, one.Manifest)
			all = append(all, ledger.Manifest{Path: one.Manifest.Name, Ends: ends})
		}
	}
	return all, nil
}
