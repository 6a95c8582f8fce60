package job

import (
	"context"
	"slices"
	"time"

	"ph2cio/internal/asread"
	"ph2cio/internal/source"
)

// StillMissing returns those of the incomplete exports that lack a file which no earlier run has read, each
// with the names of these files as missing. A file counts as read under its name and with any compression.
func StillMissing(ctx context.Context, l Ledger, incomplete []*source.Incomplete) ([]*source.Incomplete, error) {
	if len(incomplete) == 0 {
		return nil, nil
	}
	read, err := readBefore(ctx, l)
	if err != nil {
		return nil, err
	}
	var still []*source.Incomplete
	for _, one := range incomplete {
		missing := slices.DeleteFunc(slices.Clone(one.Missing), func(name string) bool {
			return read[source.Uncompressed(NameOf(source.Sibling(one.Manifest, name)))]
		})
		if len(missing) > 0 {
			lacks := *one
			lacks.Missing = missing
			still = append(still, &lacks)
		}
	}
	return still, nil
}

// readBefore has the names of the sources that earlier runs have read, without the endings of compressions.
func readBefore(ctx context.Context, l Ledger) (map[string]bool, error) {
	known, err := asread.Sources(ctx, l)
	if err != nil {
		return nil, err
	}
	read := make(map[string]bool, len(known))
	for path := range known {
		read[source.Uncompressed(path)] = true
	}
	return read, nil
}

// Overdue returns those of the incomplete exports whose manifest was written longer ago than a sync waits.
// A manifest that was written later than a wait from now has a date that a wrong clock made. It is overdue
// too, since waiting for its date could take years.
func Overdue(incomplete []*source.Incomplete, now time.Time, wait time.Duration) []*source.Incomplete {
	return slices.DeleteFunc(slices.Clone(incomplete), func(one *source.Incomplete) bool {
		age := now.Sub(one.Since)
		return -wait <= age && age <= wait
	})
}
