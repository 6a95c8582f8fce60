package inspect

import (
	"context"

	"ph2cio/internal/posthog"
	"ph2cio/internal/transfer"
)

// describeParquet adds to the results of Parquet files what their footers say, and returns the columns that
// they have. files are the results of the sources. What is wrong with a file is not reported here, because the
// first pass has done so; the error is that of a cancelled ctx.
func describeParquet(ctx context.Context, input transfer.Input, files []File) (all []ParquetColumn, err error) {
	places := map[ParquetColumn]int{} // in all, by column without its count
	for i, s := range input.Sources {
		f := &files[i]
		if f.Shape != "" && f.Shape != posthog.ParquetShape {
			continue
		}
		found, err := posthog.Parquet(ctx, s, input.Read)
		if found == nil || err != nil {
			continue
		}
		f.Shape, f.Codec, f.RowGroups = posthog.ParquetShape, found.Codec, found.Groups
		for _, c := range found.Columns {
			key := ParquetColumn{Name: c.Name, Type: c.Type, Read: c.Read, Trouble: c.Trouble}
			at, known := places[key]
			if !known {
				at = len(all)
				places[key], all = at, append(all, key)
			}
			all[at].Files++
		}
	}
	return all, context.Cause(ctx)
}
