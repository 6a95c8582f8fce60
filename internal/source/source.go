// Package source says where the bytes of exports come from. Files of this machine are sources, among them the copy of
// standard input; anything else that implements Store can be. The package knows nothing of what exports hold.
//
// List turns what a command line names into a Snapshot. A run takes one, and whatever asks later whether a source is still
// there asks the snapshot.
package source

import (
	"context"
	"errors"
	"io"
	"path/filepath"
)

// Source is something that can be read from its beginning to its end, more than once. It is a small value, of which a run may
// have a hundred thousand.
type Source struct {
	Name    string  // as people see it; the path of a file
	Size    int64   // in bytes, when it was found
	Version Version // when it was found; zero if it could not be looked at
	In      Store   // where it lies; nil for the files of this machine

	Beside bool // it was found in a directory or by a glob, and not named itself
}

// Version tells states of one source apart. It is comparable: a source of the same version and size has the same bytes, as far
// as its store can tell. The zero value is an unknown version, which equals no other.
type Version struct {
	Modified int64  // when it was last written to, in nanoseconds since 1970; 0 where the store does not tell
	Tag      string // what the store calls this version; empty for files, which have nothing but the time
}

// Same reports whether both are known and equal.
func (v Version) Same(other Version) bool { return v == other && v != Version{} }

// Store is a place where sources lie. Its methods may be called by several goroutines at once. A store must be comparable,
// such as a pointer.
type Store interface {
	// Open opens a source for reading from offset on. A store that can tell returns an error that wraps ErrChanged, here or
	// from File.Read, if the source is not of s.Version any more.
	Open(ctx context.Context, s Source, offset int64) (File, error)

	// Look returns what has this name now. The error wraps fs.ErrNotExist if there is nothing that could be read.
	Look(ctx context.Context, name string) (Source, error)
}

// File is an open source. If it is an io.ReaderAt too, any part of the source can be read at any time.
type File interface {
	io.ReadCloser
	Version() (Version, error) // of what was opened
}

// ErrChanged says that a source is not of the version that was asked for.
var ErrChanged = errors.New("it has changed since it was found")

// Open opens the source for reading from offset on.
func (s Source) Open(ctx context.Context, offset int64) (File, error) {
	return s.store().Open(ctx, s, offset)
}

// Now looks at the source as it is now.
func (s Source) Now(ctx context.Context) (Source, error) {
	now, err := s.store().Look(ctx, s.Name)
	now.Beside = s.Beside
	return now, err
}

// ReadInto reads the source from its start, until it has least bytes or the source ends, and returns how many there were. It
// asks for as many as there is room for.
func (s Source) ReadInto(ctx context.Context, room []byte, least int) (n int, err error) {
	if s.In == nil {
		return readInto(s.Name, room, least) // thousands of small files are read so
	}
	file, err := s.Open(ctx, 0)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	return readUpTo(file, room, least)
}

// readUpTo reads until there are least bytes or no more.
func readUpTo(file io.Reader, room []byte, least int) (n int, err error) {
	if n, err = io.ReadAtLeast(file, room, least); err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return n, err
}

// Head returns the first size bytes of the source, or all of them if there are fewer.
func (s Source) Head(ctx context.Context, size int) ([]byte, error) {
	file, err := s.Open(ctx, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, int64(size)))
}

func (s Source) store() Store {
	if s.In == nil {
		return files{}
	}
	return s.In
}

// Absolute returns a file's path as it is from any working directory; name itself if that cannot be known.
func Absolute(name string) string {
	if whole, err := filepath.Abs(name); err == nil {
		return whole
	}
	return name
}
