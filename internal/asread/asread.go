// Package asread compares the sources that earlier runs have read with the files of today: whether a file
// still has the rows that a run has read in it, and which file has them if it was renamed.
package asread

import (
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"ph2cio/internal/ledger"
	"ph2cio/internal/source"
)

// Ledger yields the sources that runs have read. *ledger.Store is one.
type Ledger interface {
	KnownSources(ctx context.Context) iter.Seq2[ledger.KnownSource, error]
}

// Sources returns the sources that earlier runs have read, by their paths in the ledger, each as the last run
// that came to its end read it.
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

// endsSize is how many bytes at the beginning and at the end of a source are hashed to recognize it.
const endsSize = 64 << 10

// Ends returns the version of a source, and what recognizes its bytes. For a source whose version has a tag,
// that is a hash of the tag and the size, since it is replaced as a whole. Else it is a fingerprint of the
// ends of the source: a hash of its first and its last 64 KiB, empty if it has no bytes. Both are zero if the
// source cannot be read.
func Ends(ctx context.Context, s source.Source) (version source.Version, ends string) {
	if s.Version.Tag != "" {
		return s.Version, tagged(s)
	}
	return endsOf(ctx, s, s.Size)
}

// tagPrefix begins the ends of a source whose version has a tag.
const tagPrefix = "tag:"

// tagged returns the ends of a source whose version has a tag.
func tagged(s source.Source) string {
	return fmt.Sprintf("%s%x", tagPrefix, xxh3.Hash128(fmt.Append(nil, s.Size, " ", s.Version.Tag)).Bytes())
}

// HasTag reports whether ends are those of a source whose version has a tag.
func HasTag(s source.Source, ends string) bool { return s.Version.Tag != "" && ends == tagged(s) }

// endsOf returns the version of a source and the fingerprint of the ends of its first size bytes.
func endsOf(ctx context.Context, s source.Source, size int64) (version source.Version, ends string) {
	file, err := s.Open(ctx, 0)
	if err != nil {
		return version, ""
	}
	defer file.Close()
	opened, err := file.Version()
	if err != nil || size == 0 {
		return opened, ""
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

// lastPart returns a reader of the last endsSize bytes of a source's first size bytes. If the open file
// cannot be read from any offset, lastPart opens the source again.
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

// Unchanged reports whether a source has the size and the version that it had when a run read it to its end.
// It does not open the source.
func Unchanged(s source.Source, then *ledger.Source) bool {
	switch {
	case s.Size != then.Size || then.Trouble != "" || then.Modified == 0: // 0 also after it was gone for a while
		return false
	case s.Version.Tag != "":
		return HasTag(s, then.Ends)
	}
	return s.Version.Same(versionThen(then))
}

// SurelySame reports whether a source certainly has the rows that a run has read in it. One that had a tag
// must have the same. Of the others, one of up to 128 KiB is compared by all that is in it; a larger one must
// begin and end as it did and have the same version. An empty one has no rows, as before.
func SurelySame(ctx context.Context, s source.Source, then ledger.Source) bool {
	if s.Size != then.Size {
		return false
	}
	if strings.HasPrefix(then.Ends, tagPrefix) {
		return HasTag(s, then.Ends)
	}
	version, ends := endsOf(ctx, s, s.Size)
	return s.Size == 0 || ends != "" && ends == then.Ends && (s.Size <= 2*endsSize || version.Same(versionThen(&then)))
}

// versionThen returns the version that a source had when a run read it.
func versionThen(then *ledger.Source) source.Version { return source.Version{Modified: then.Modified} }

// Holds reports whether a source seems to hold all that a run has read in it: it is as large as it was, or
// has grown, and the part that was read begins and ends as it did.
func Holds(ctx context.Context, s source.Source, then ledger.Source) bool {
	return HoldsWithin(ctx, s, s.Size, then)
}

// HoldsWithin is Holds for the first size bytes of a source, which may have grown since. A source that had a
// tag never grows. One that had none may have become an object with a tag, by a copy into a store.
func HoldsWithin(ctx context.Context, s source.Source, size int64, then ledger.Source) bool {
	switch {
	case size < then.Size:
		return false
	case strings.HasPrefix(then.Ends, tagPrefix):
		return s.Size == then.Size && HasTag(s, then.Ends)
	}
	_, ends := endsOf(ctx, s, then.Size)
	return ends != "" && ends == then.Ends
}

// longestAbsence is how long a source may be gone before it is given up although nobody has looked where it
// was.
const longestAbsence = 7 * 24 * time.Hour

// GivenUp reports whether rows that wait in a source which is gone, and that are in no other, are lost. They
// are not if this run has not searched the directory of the source: another sync, which does, may find it
// under a new name. missed is when a run first found the source gone, in unix seconds, 0 for never: after a
// week it is given up all the same.
func GivenUp(inputs *source.Snapshot, path string, missed int64, now time.Time) bool {
	return inputs.Searched(path) || missed > 0 && now.Sub(time.Unix(missed, 0)) >= longestAbsence
}

// SameRows reports whether runs have found the same rows in two sources, and read b to its end.
func SameRows(a, b *ledger.Source) bool {
	return a.Rows > 0 && a.Rows == b.Rows && a.Fingerprint == b.Fingerprint && b.Trouble == ""
}

// Renamed looks among the known sources for one that has all rows of a source which is gone. The file may
// have been renamed, compressed, or both, and may have grown before it was renamed. To find out whether it has
// grown, Renamed opens all larger sources that runs after the given one have read.
func Renamed(ctx context.Context, then *ledger.Source, after int64, known map[string]ledger.KnownSource, inputs *source.Snapshot) (now source.Source, found bool) {
	var may []string
	for path, other := range known {
		if path != then.Path && (SameRows(then, &other.Source) || then.Rows > 0 && other.Size > then.Size && other.Run > after) {
			may = append(may, path)
		}
	}
	slices.Sort(may)
	for _, path := range may {
		if now, found = inputs.Look(ctx, path); !found {
			continue
		}
		if other := known[path]; SameRows(then, &other.Source) || HoldsWithin(ctx, now, other.Size, *then) {
			return now, true
		}
	}
	return source.Source{}, false
}
