package posthog

import (
	"context"
	"io"
	"sync/atomic"

	"ph2cio/internal/source"
)

// watchedStore is a store that notes whether anything could not be read from it.
type watchedStore struct {
	source.Store
	failed atomic.Bool
}

func (s *watchedStore) Open(ctx context.Context, of source.Source, offset int64) (source.File, error) {
	file, err := s.Store.Open(ctx, of, offset)
	if err != nil {
		s.failed.Store(true)
		return nil, err
	}
	watched := watchedFile{file, s}
	if at, ok := file.(io.ReaderAt); ok {
		return watchedAnywhere{watched, at}, nil
	}
	return watched, nil
}

// note notes an error other than the end of a file.
func (s *watchedStore) note(n int, err error) (int, error) {
	if err != nil && err != io.EOF {
		s.failed.Store(true)
	}
	return n, err
}

type watchedFile struct {
	source.File
	store *watchedStore
}

func (f watchedFile) Read(p []byte) (int, error) { return f.store.note(f.File.Read(p)) }

// watchedAnywhere is a file that can be read at any offset too.
type watchedAnywhere struct {
	watchedFile
	at io.ReaderAt
}

func (f watchedAnywhere) ReadAt(p []byte, at int64) (int, error) {
	return f.store.note(f.at.ReadAt(p, at))
}
