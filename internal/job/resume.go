package job

import (
	"slices"

	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

// sourcesOf finds the sources that a run began with among found, the sources of the new job, and known, other
// sources that may be used. err says why the run cannot be resumed. added is how many of found came after the
// run began; if there are any, sourcesOf warns of them.
func (d *decision) sourcesOf(begun *ledger.Run, found, known []source.Source) (sources []source.Source, added int, err error) {
	byName := map[string]source.Source{}
	for _, one := range slices.Concat(known, found) {
		byName[NameOf(one.Name)] = one
	}
	for _, then := range begun.Sources {
		now, there := byName[then.Path]
		switch {
		case !there:
			return nil, 0, d.absent(begun, then.Path)
		case now.Size != then.Size && !IsStdin(then.Path):
			return nil, 0, changedSince(begun, now.Name)
		}
		sources = append(sources, now)
		delete(byName, then.Path)
	}
	for _, one := range found {
		if _, more := byName[NameOf(one.Name)]; more {
			added++
		}
	}
	if added > 0 {
		d.warn(AddedFiles{begun, added})
	}
	return sources, added, nil
}

// absent returns the refusal for a source of a run that was not found.
func (d *decision) absent(begun *ledger.Run, path string) error {
	if _, there := d.Inputs.Look(d.ctx, path); there {
		return notNamed(begun, path)
	}
	return missing(begun, path)
}
