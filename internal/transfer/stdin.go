package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"ph2cio/internal/spool"
)

// Spooled is a copy of standard input on disk. A run reads its sources twice, and can read standard input
// only once.
type Spooled = spool.Copied

// ReopenSpooled returns the copy at a path if it is one that an earlier run has left, and keeps other runs
// from removing it until it is closed or removed.
func ReopenSpooled(path string) (*Spooled, bool) { return spool.Reopen(path) }

// RemoveLeftovers removes from a directory for temporary files what killed runs have left there, except copies
// of standard input that are not a week old.
func RemoveLeftovers(dir string) { spool.RemoveLeftovers(dir) }

// DiskError is trouble with the disk to which a run writes what does not fit into memory.
type DiskError = spool.DiskError

// NoSpace says that the disk is too small for the copy.
type NoSpace = spool.NoSpace

// ErrNothing says that standard input was empty.
var ErrNothing = errors.New("standard input was empty")

// Spool copies standard input into a file in dir, which it removes after an error. The error is a *NoSpace if
// the disk is too small. When ctx is done it returns the cause.
func Spool(ctx context.Context, in io.Reader, dir string, p Progress) (*Spooled, error) {
	size := sizeOf(in)
	p.Phase("copying standard input", size, Bytes)
	defer p.Done()
	copied, err := spool.Copy(ctx, dir, in, size, p.Advance)
	if err != nil {
		return nil, fmt.Errorf("copying standard input to %s, because it is read twice: %w", dir, err)
	}
	if copied.Size == 0 {
		return nil, errors.Join(ErrNothing, copied.Remove())
	}
	return copied, nil
}

// sizeOf returns how many bytes there are to read; 0 if that is not known, because standard input is not a
// file.
func sizeOf(in io.Reader) int64 {
	file, ok := in.(*os.File)
	if !ok {
		return 0
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return info.Size()
}
