package job

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"ph2cio/internal/asread"
	"ph2cio/internal/source"
)

// Overdue returns those of the incomplete exports whose manifest was written before a time. It leaves out an
// export if earlier runs have read all files that are missing now. With a nil ledger nothing was read.
func Overdue(ctx context.Context, l Ledger, incomplete []*source.Incomplete, before time.Time) ([]*source.Incomplete, error) {
	late := slices.DeleteFunc(slices.Clone(incomplete), func(one *source.Incomplete) bool { return !one.Since.Before(before) })
	if len(late) == 0 || l == nil {
		return late, nil
	}
	known, err := asread.Sources(ctx, l)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(late, func(one *source.Incomplete) bool {
		return !slices.ContainsFunc(one.Missing, func(name string) bool {
			_, read := known[NameOf(filepath.Join(filepath.Dir(one.Manifest), name))]
			return !read
		})
	}), nil
}
