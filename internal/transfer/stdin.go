package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"ph2cio/internal/spool"
)

// Spooled is standard input, copied to disk: the line reads its sources twice.
type Spooled = spool.Copied

// DiskError is trouble with the disk under what did not fit into memory.
type DiskError = spool.DiskError

// NoSpace says that the disk is too small for the copy.
type NoSpace = spool.NoSpace

// ErrNothing says that standard input had not a byte.
var ErrNothing = errors.New("standard input was empty")

// Spool copies standard input into a file of dir. After an error nothing is left there; it is a *NoSpace when the disk is
// too small. A cancelled ctx ends it with the cause.
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

// sizeOf is how many bytes will come, where that can be known: standard input may be a file.
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
