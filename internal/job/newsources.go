package job

import (
	"path/filepath"
	"slices"
	"strings"

	"ph2cio/internal/asread"
	"ph2cio/internal/customerio"
	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

// newSources has the sources of a sync, and those that it can compare them with.
type newSources struct {
	sources []source.Source               // those in which something may be new
	known   map[string]ledger.KnownSource // those that earlier runs have read, by name
}

// newSources finds the sources in which something may be new. It leaves out the files of an export of which
// some files are missing.
func (d *decision) newSources() (*newSources, error) {
	before, err := asread.Sources(d.ctx, d.ledger)
	if err != nil {
		return nil, err
	}
	return &newSources{known: before, sources: slices.DeleteFunc(slices.Clone(d.Inputs.Sources), func(one source.Source) bool {
		then, read := before[NameOf(one.Name)]
		return read && asread.Unchanged(one, &then.Source) && !d.sendsRecent(&then) || waitsForExport(one.Name, d.Incomplete)
	})}, nil
}

// moreKnown reports whether earlier runs have read sources that the sync does not read.
func (n *newSources) moreKnown() bool {
	again := 0
	for _, one := range n.sources {
		if _, read := n.known[NameOf(one.Name)]; read {
			again++
		}
	}
	return len(n.known) > again
}

// warnOfReplaced warns of sources that no longer hold what a run has read in a file of the same name. States
// of old versions have no fingerprint of a file. Then only a file that is shorter than before is certain to
// be another.
func (d *decision) warnOfReplaced(found *newSources) {
	for _, now := range found.sources {
		then, read := found.known[NameOf(now.Name)]
		if !read || then.Trouble != "" || then.Ends == "" && now.Size >= then.Size {
			continue
		}
		if !asread.Holds(d.ctx, now, then.Source) {
			d.warn(SourceReplaced{now.Name})
		}
	}
}

// sendsRecent reports whether a source has events that were held because they were recent and can be sent
// now.
func (d *decision) sendsRecent(then *ledger.KnownSource) bool {
	return then.Recent > 0 && (!d.HoldsRecent || d.Now.Sub(then.Now) >= customerio.CampaignAge)
}

// waitsForExport reports whether a file belongs to an export of which some files are missing.
func waitsForExport(path string, incomplete []*source.Incomplete) bool {
	for _, one := range incomplete {
		name, _, _ := strings.Cut(filepath.Base(one.Manifest), "_manifest")
		if filepath.Dir(path) == filepath.Dir(one.Manifest) && strings.HasPrefix(filepath.Base(path), name) {
			return true
		}
	}
	return false
}
