package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"ph2cio/internal/exit"
)

// StateError is the error that a state directory cannot be used, or no longer. After a failed write nothing
// more may be sent.
type StateError struct {
	Path   string
	Doing  string // such as "saving the progress of the run in"; empty if Err continues after the path
	Err    error
	Advice string // what to do about it
	Damage bool   // its content is lost; no other version, permission or disk helps
}

// Error says what was being done, to which file, and what failed.
func (e *StateError) Error() string {
	if e.Doing == "" {
		return fmt.Sprintf("%s %v", e.Path, e.Err)
	}
	return Describe(e.Doing, e.Path, e.Err)
}

// Unwrap returns the cause.
func (e *StateError) Unwrap() error { return e.Err }

// ExitCode returns the exit code of the program for this error.
func (e *StateError) ExitCode() int { return exit.State }

// Hint returns what to do about it.
func (e *StateError) Hint() string { return e.Advice }

// Describe renders an error as text: what was being done, the path, and the error. If the error names the
// path itself it is not repeated.
func Describe(doing, path string, err error) string {
	if of, ok := err.(*fs.PathError); ok && strings.HasPrefix(of.Path, path) {
		path, err = of.Path, of.Err
	}
	return fmt.Sprintf("%s %s: %v", doing, path, err)
}

// cancelled reports whether an error means that a context was done; SQLite reports that as interrupted.
func cancelled(err error) bool {
	failed, ok := errors.AsType[*sqlite.Error](err)
	return ok && failed.Code()&0xff == lib.SQLITE_INTERRUPT || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// adviceFor returns what to do about an error of the database at a path.
func adviceFor(path string, err error) string {
	dir := filepath.Dir(path)
	failed, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return "check the disk and the permissions of " + dir + "; nothing that was saved is lost"
	}
	switch failed.Code() & 0xff { // the upper bits only add detail
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return damagedAdvice
	case lib.SQLITE_FULL:
		return "free disk space in " + dir + ", then run the same command again to resume"
	case lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN, lib.SQLITE_PERM:
		return "let this user read and write " + dir + ", or use another directory with --state"
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return "another program has it open; stop that program, then run the same command again"
	}
	return "check the disk under " + dir + ", then run the same command again to resume"
}

const damagedAdvice = "restore it from a backup, or move it away with its -wal and -shm files: the next run then starts from scratch " +
	"and sends all of history again, with the same event IDs"
