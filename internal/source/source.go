// Package source finds and opens the sources of exports. Files of this machine are sources, including the
// copy of standard input, and so are the objects that a Store holds, whose names are URLs. The package knows
// nothing about the content of exports, nor how a store is reached: Remote finds the store of a URL.
//
// List turns the arguments of a command line into a Snapshot. A run takes one snapshot at its beginning, and
// asks it whenever it needs to know whether a source exists. Dir, Base, Sibling and Absolute take names apart
// that are paths or URLs.
package source

import (
	"context"
	"errors"
	"io"
)

// Source is something that can be read from its beginning to its end, more than once. It is a small value, of
// which a run may have a hundred thousand.
type Source struct {
	Name    string  // for messages; the path of a file
	Size    int64   // in bytes, when it was found
	Version Version // when it was found; zero if unknown
	In      Store   // where it is; nil for the files of this machine

	Beside bool // it was found in a directory or by a glob, not named directly
}

// Version identifies a state of a source. It is comparable: a source with the same version and size has the
// same bytes, if its store can distinguish them. The zero value is an unknown version, which equals no other.
type Version struct {
	Modified int64  // when it was last modified, in unix nanoseconds; 0 if unknown
	Tag      string // the store's name for this version; empty for files
}

// Same reports whether both are known and equal.
func (v Version) Same(other Version) bool { return v == other && v != Version{} }

// Store is a place that holds sources. Its methods may be called by several goroutines at once. A store must
// be comparable, such as a pointer.
type Store interface {
	// Open opens a source for reading from offset on. If the source does not have s.Version any more, a store
	// that notices returns an error that wraps ErrChanged, here or from File.Read.
	Open(ctx context.Context, s Source, offset int64) (File, error)

	// Look returns the current source of this name. The error wraps fs.ErrNotExist if there is none that can
	// be read.
	Look(ctx context.Context, name string) (Source, error)
}

// File is an open source. If it is an io.ReaderAt too, any part of the source can be read at any time.
type File interface {
	io.ReadCloser
	Version() (Version, error) // of the opened source
}

// ErrChanged says that a source does not have the requested version.
var ErrChanged = errors.New("it has changed since it was found")

// Open opens the source for reading from offset on.
func (s Source) Open(ctx context.Context, offset int64) (File, error) {
	return s.store().Open(ctx, s, offset)
}

// Now returns the source in its current state.
func (s Source) Now(ctx context.Context) (Source, error) {
	now, err := s.store().Look(ctx, s.Name)
	now.Beside = s.Beside
	return now, err
}

// ReadInto reads the source from its start, until it has least bytes or the source ends, and returns how many
// bytes it has read. It tries to fill room.
func (s Source) ReadInto(ctx context.Context, room []byte, least int) (n int, err error) {
	if s.In == nil {
		return readInto(s.Name, room, least) // much faster for thousands of small files
	}
	file, err := s.Open(ctx, 0)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	return readUpTo(file, room, least)
}

// readUpTo reads at least least bytes, or to the end.
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
