package spool

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"ph2cio/internal/exit"
)

// Space holds logs: first in memory, and in a file on disk when that is used up. The file is created when it
// is needed, in a directory that must exist, and only the user can read it. It is removed when the space is
// closed, and on Unix also when the program dies. A Space may be used by many goroutines.
type Space struct {
	// Block is the least number of bytes that are written to disk at a time; 0 is 32 KiB. Set it before the
	// first log.
	Block int

	dir    string
	memory int64 // bytes
	held   atomic.Int64

	lock   sync.Mutex
	file   *os.File
	end    int64
	failed error
}

// NewSpace returns a space with a number of bytes of memory.
func NewSpace(dir string, memory int64) *Space { return &Space{dir: dir, memory: memory} }

// Close frees memory and disk. Logs of the space must not be used afterwards.
func (s *Space) Close() error {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	err = errors.Join(err, removeClosed(s.file.Name()))
	s.file = nil
	return err
}

// Err returns the first error of writing or reading, a *DiskError. What was written after it is unreliable.
func (s *Space) Err() error {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.failed
}

// OnDisk returns how many bytes have been written to disk.
func (s *Space) OnDisk() int64 {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.end
}

// DiskError is an error of the disk that a Space uses.
type DiskError struct {
	Dir string
	Err error
}

func (e *DiskError) Error() string {
	return fmt.Sprintf("using temporary disk space in %s: %v", e.Dir, e.Err)
}

func (e *DiskError) Unwrap() error { return e.Err }

// ExitCode returns the exit code of the program for this error.
func (e *DiskError) ExitCode() int { return exit.State }

// Hint returns what to do about it.
func (e *DiskError) Hint() string {
	return "free some space there, name another directory with --tmp, or raise --memory"
}

func (s *Space) fail(err error) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.failLocked(err)
}

func (s *Space) failLocked(err error) error {
	if s.failed == nil {
		s.failed = &DiskError{s.dir, err}
	}
	return s.failed
}

// hold reports whether n more bytes may stay in memory, and counts them if so.
func (s *Space) hold(n int64) bool {
	if s.held.Add(n) <= s.memory {
		return true
	}
	s.held.Add(-n)
	return false
}

// write puts bytes at the end of the file and returns where they begin. Nothing is written after the first
// failure.
func (s *Space) write(b []byte) (at int64) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.failed != nil {
		return 0
	}
	if s.file == nil {
		file, err := os.CreateTemp(s.dir, spacePrefix+"*") // 0600, and never through a link
		if err != nil {
			_ = s.failLocked(err)
			return 0
		}
		removeOpen(file)
		s.file = file
	}
	at = s.end
	n, err := s.file.WriteAt(b, at)
	s.end += int64(n)
	if err != nil {
		_ = s.failLocked(err)
	}
	return at
}

func (s *Space) read(b []byte, at int64) error {
	s.lock.Lock()
	file, failed := s.file, s.failed
	s.lock.Unlock()
	if failed != nil {
		return failed
	}
	if _, err := file.ReadAt(b, at); err != nil {
		return s.fail(err)
	}
	return nil
}
