// Package asread holds the sources that earlier runs have read against what is there now: whether a source
// still has the rows that a run has read in it, and where they are if it has another name.
package asread

import (
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

// Ledger tells which sources runs have read. A *ledger.Store does.
type Ledger interface {
	KnownSources(ctx context.Context) iter.Seq2[ledger.KnownSource, error]
}

// Sources returns the sources that earlier runs have read to their ends, by the names that the ledger has.
func Sources(ctx context.Context, l Ledger) (map[string]ledger.KnownSource, error) {
	all := map[string]ledger.KnownSource{}
	for one, err := range l.KnownSources(ctx) {
		if err != nil {
			return nil, err
		}
		all[one.Path] = one
	}
	return all, nil
}

// endsSize is how many bytes at its beginning, and at its end, stand for a source when it is looked at again.
const endsSize = 64 << 10

// Ends returns the version of a source, and what stands for its first size bytes; zero values when that
// cannot be known.
func Ends(ctx context.Context, s source.Source, size int64) (version source.Version, ends string) {
	file, err := s.Open(ctx, 0)
	if err != nil {
		return version, ""
	}
	defer file.Close()
	opened, err := file.Version()
	if err != nil || size == 0 {
		return version, ""
	}
	h := xxh3.New()
	if _, err := io.Copy(h, io.LimitReader(file, min(size, endsSize))); err != nil {
		return version, ""
	}
	end, err := lastPart(ctx, s, file, size)
	if err != nil {
		return version, ""
	}
	defer end.Close()
	if _, err := io.Copy(h, end); err != nil {
		return version, ""
	}
	return opened, fmt.Sprintf("%x", h.Sum128().Bytes())
}

// lastPart reads what a source's first size bytes end with. The source is opened once more if its file cannot
// be read anywhere.
func lastPart(ctx context.Context, s source.Source, file source.File, size int64) (io.ReadCloser, error) {
	start, length := max(0, size-endsSize), min(size, endsSize)
	if at, ok := file.(io.ReaderAt); ok {
		return io.NopCloser(io.NewSectionReader(at, start, length)), nil
	}
	end, err := s.Open(ctx, start)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(end, length), end}, nil
}

// Unchanged reports whether a source is what a run has read to its end, without opening it.
func Unchanged(s source.Source, then *ledger.Source) bool {
	return s.Size == then.Size && s.Version.Same(versionThen(then)) && then.Trouble == ""
}

// SurelySame reports whether a source surely has the rows that a run has read in it: nothing in it has
// changed, or for one that is too large to look through, it begins and ends as it did and was not written
// since.
func SurelySame(ctx context.Context, s source.Source, then ledger.Source) bool {
	if s.Size != then.Size {
		return false
	}
	version, ends := Ends(ctx, s, s.Size)
	return ends != "" && ends == then.Ends && (s.Size <= 2*endsSize || version.Same(versionThen(&then)))
}

// versionThen is the version of a source that a run has read.
func versionThen(then *ledger.Source) source.Version { return source.Version{Modified: then.Modified} }

// Holds reports whether a source looks as if all was still in it that a run has read there: it is as large as
// it was, or has grown, and its beginning is the same.
func Holds(ctx context.Context, s source.Source, then ledger.Source) bool {
	if s.Size < then.Size {
		return false
	}
	_, ends := Ends(ctx, s, then.Size)
	return ends != "" && ends == then.Ends
}

// SameRows reports whether two sources, as runs have read them, have the same rows, and b was read to its
// end.
func SameRows(a, b *ledger.Source) bool {
	return a.Rows > 0 && a.Rows == b.Rows && a.Fingerprint == b.Fingerprint && b.Trouble == ""
}

// Renamed finds the source that has all rows of one which is gone, among those that runs have read: it was
// renamed, or compressed since, or has grown and was then renamed.
func Renamed(ctx context.Context, then *ledger.Source, known map[string]ledger.KnownSource, inputs *source.Snapshot) (now source.Source, found bool) {
	for _, path := range slices.Sorted(maps.Keys(known)) {
		other := known[path].Source
		if path == then.Path {
			continue
		}
		if now, found = inputs.Look(ctx, path); !found {
			continue
		}
		asRead := now
		asRead.Size = other.Size
		if SameRows(then, &other) || then.Rows > 0 && other.Size > then.Size && Holds(ctx, asRead, *then) {
			return now, true
		}
	}
	return source.Source{}, false
}
