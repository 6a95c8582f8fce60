package job

import (
	"slices"
	"strings"

	"ph2cio/internal/asread"
	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

// newSources has the sources of a sync, and those that it can compare them with.
type newSources struct {
	sources []source.Source               // those in which something may be new
	same    int                           // how many others were found that earlier runs have read
	known   map[string]ledger.KnownSource // those that earlier runs have read, by name
	waiting []ledger.WaitingPath          // the names of those in which rows wait
	freed   []ledger.Source               // those of earlier runs with rejected rows that can be sent now, and that are read again for them
}

// newSources finds the sources in which something may be new, and those with rejected rows that can be sent
// now. It leaves out the files of an export of which some files are missing. last is the newest run, nil for
// none. What Idle has found for the same request is used, if no other run has ended since.
func (d *decision) newSources(last *ledger.Run) (*newSources, error) {
	if d.known.still(last) {
		return d.known.sources, nil
	}
	before, err := asread.Sources(d.ctx, d.ledger)
	if err != nil {
		return nil, err
	}
	found := &newSources{known: before}
	due := map[string]bool{} // sources with recent rows that can be sent now
	for one, err := range d.ledger.WaitingPaths(d.ctx) {
		if err != nil {
			return nil, err
		}
		found.waiting = append(found.waiting, one)
		if d.sendsRecent(&one) {
			due[one.Path] = true
		}
	}
	found.sources = slices.DeleteFunc(slices.Clone(d.Inputs.Sources), func(one source.Source) bool {
		name := NameOf(one.Name)
		then, read := before[name]
		same := read && asread.Unchanged(one, &then.Source) && !due[name]
		if same {
			found.same++
		}
		return same || waitsForExport(one.Name, d.Incomplete)
	})
	d.addReturned(found)
	return found, d.addFreed(found, last)
}

// addReturned adds sources that earlier runs have read and that are the same, if they have the rows of a
// source that is gone and in which rows wait. No rows wait in them, since flags left the rows out when they
// were read.
func (d *decision) addReturned(found *newSources) {
	waits, gone := map[string]bool{}, map[string]string{} // paths by the fingerprints of their rows
	for _, one := range found.waiting {
		if waits[one.Path] {
			continue
		}
		waits[one.Path] = true
		if _, there := d.Inputs.Look(d.ctx, one.Path); !there {
			gone[found.known[one.Path].Fingerprint] = one.Path
		}
	}
	if len(gone) == 0 {
		return
	}
	for _, now := range d.Inputs.Sources {
		then, read := found.known[NameOf(now.Name)]
		if !read || waits[then.Path] || !asread.Unchanged(now, &then.Source) {
			continue
		}
		if path, same := gone[then.Fingerprint]; same {
			if of := found.known[path].Source; asread.SameRows(&of, &then.Source) {
				found.sources = append(found.sources, now)
				found.same--
			}
		}
	}
}

// addFreed adds the sources with rows that were rejected only because their person was, and whose person was
// sent since, as far as their rows are there. If the last run is stopped and sent the person, it began before
// that, and its sources did not include them. A file that is gone may be missed for many nights, so that only
// files that were read since are opened to look for its rows.
func (d *decision) addFreed(found *newSources, last *ledger.Run) error {
	stopped := int64(0)
	if open(last) {
		stopped = last.ID
	}
	freed, err := d.ledger.FreedSources(d.ctx, stopped)
	if err != nil || len(freed) == 0 {
		return err
	}
	reads := map[string]bool{}
	for _, one := range found.sources {
		reads[NameOf(one.Name)] = true
	}
	for _, then := range freed {
		now, there := d.Inputs.Look(d.ctx, then.Path)
		if !there || !asread.Holds(d.ctx, now, then.Source) {
			if now, there = asread.Renamed(d.ctx, &then.Source, then.Run, found.known, d.Inputs); !there {
				continue
			}
		}
		found.freed = append(found.freed, then.Source)
		if name := NameOf(now.Name); !reads[name] {
			reads[name] = true
			found.sources = append(found.sources, now)
		}
	}
	return nil
}

// waitsInGone reports whether rows wait in a source that is not there any more, and this is the first run to
// see that, or gives the source up.
func (d *decision) waitsInGone(found *newSources) bool {
	return slices.ContainsFunc(found.waiting, func(one ledger.WaitingPath) bool {
		_, there := d.Inputs.Look(d.ctx, one.Path)
		return !there && (one.Missed == 0 || asread.GivenUp(d.Inputs, one.Path, one.Missed, d.Now))
	})
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
func (d *decision) sendsRecent(waiting *ledger.WaitingPath) bool {
	return waiting.Due > 0 && (!d.HoldsRecent || waiting.Due <= d.Now.Unix())
}

// waitsForExport reports whether the source of a name belongs to an export of which some files are missing.
func waitsForExport(name string, incomplete []*source.Incomplete) bool {
	for _, one := range incomplete {
		begins, _, _ := strings.Cut(source.Base(one.Manifest), "_manifest")
		if source.Dir(name) == source.Dir(one.Manifest) && strings.HasPrefix(source.Base(name), begins) {
			return true
		}
	}
	return false
}
