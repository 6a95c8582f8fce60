package ledger

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
)

// OpenReadOnly opens the state.db of a directory to look at it, for a rule of event IDs as Open has it,
// without the lock and whatever its workspace, also while a run writes to it, and leaves the directory as
// it was. The error is fs.ErrNotExist when there is none, else a *Trouble.
func OpenReadOnly(ctx context.Context, dir string, scheme int) (*Store, error) {
	s := &Store{path: filepath.Join(dir, FileName), scheme: strconv.Itoa(scheme)}
	err := s.plainFiles()
	if err == nil {
		err = s.connectToLook(ctx)
	}
	if err == nil {
		err = s.look(ctx)
	}
	if err != nil {
		return nil, errors.Join(s.trouble("opening", err), s.Close())
	}
	return s, nil
}

// connectToLook chooses how to read. SQLite takes part in its log with files beside the database, and a reader that may not write
// leaves those that it has made (sqlite.org/wal.html). So it may not where they are there already, of a run that is under way or
// was killed. Else it may, and is only kept from changing the database: then it takes them away again. Where nothing can be made
// the database is read as it stands.
func (s *Store) connectToLook(ctx context.Context) error {
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
		_ = s.db.Close() // what is wrong with it the next look tells
	}
	if _, err := os.Lstat(s.path + "-wal"); err == nil {
		return s.connect("mode=ro") // a run has begun
	}
	return s.connectAsItStands()
}

// connectAsItStands reads the database without SQLite's locks.
func (s *Store) connectAsItStands() error {
	stood, err := stands(s.path)
	if err != nil {
		return err
	}
	s.stood = &stood
	return s.connect("mode=ro&immutable=1")
}

func (s *Store) look(ctx context.Context) error {
	version, err := s.version(ctx)
	if err != nil {
		return err
	}
	if err := s.sameForm(ctx, version); err != nil {
		return err
	}
	if version < len(migrations) {
		return s.refuse("was created by an older version of ph2cio, and only a run that sends upgrades it", "run `ph2cio sync` or another command that sends")
	}
	if s.workspace, err = s.owner(ctx); err != nil {
		return err
	}
	return s.sameScheme(ctx)
}
