package ledger

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
)

// OpenReadOnly opens the state.db of a directory for reading only, without the lock and for any workspace,
// also while a run writes to it. It leaves the directory as it was. scheme is as for [Open]. The error is
// fs.ErrNotExist if there is no state, otherwise a *StateError.
func OpenReadOnly(ctx context.Context, dir string, scheme int) (*Store, error) {
	s := &Store{path: filepath.Join(dir, FileName), scheme: strconv.Itoa(scheme)}
	err := s.checkFiles()
	if err == nil {
		err = s.connectReadOnly(ctx)
	}
	if err == nil {
		err = s.checkReadable(ctx)
	}
	if err != nil {
		return nil, errors.Join(s.wrapError("opening", err), s.Close())
	}
	return s, nil
}

// connectReadOnly chooses how to read. To read a log SQLite needs files beside the database, and a read-only
// connection does not remove those that it has created (sqlite.org/wal.html). So the connection is read-only
// if the files exist already, because a run is under way or was killed. Otherwise it may write but not change
// the database, and SQLite removes the files again. In a directory where no file can be created the database
// is read without its log.
func (s *Store) connectReadOnly(ctx context.Context) error {
	if _, err := os.Lstat(s.path + "-wal"); err == nil {
		return s.connect("mode=ro")
	}
	if file, err := os.OpenFile(s.path, os.O_RDWR, 0); err == nil {
		err = errors.Join(file.Close(), s.connect("mode=rw&_pragma=query_only(1)"))
		if err != nil {
			return err
		}
		var tables int
		if s.db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables) == nil {
			return nil
		}
		_ = s.db.Close() // the next attempt reports what is wrong
	}
	if _, err := os.Lstat(s.path + "-wal"); err == nil {
		return s.connect("mode=ro") // a run has begun
	}
	return s.connectWithoutLocks()
}

func (s *Store) checkReadable(ctx context.Context) error {
	version, err := s.version(ctx)
	if err != nil {
		return err
	}
	if err := s.checkForm(ctx, version); err != nil {
		return err
	}
	if version < len(migrations) {
		return s.refuse("was created by an older version of ph2cio, and only a run that sends upgrades it", "run `ph2cio sync` or another command that sends")
	}
	if err := s.readWorkspace(ctx); err != nil {
		return err
	}
	return s.checkScheme(ctx)
}
