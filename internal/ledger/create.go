package ledger

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"ph2cio/internal/durable"
)

// create builds the database under a temporary name and renames it when it is complete. If the process is
// killed meanwhile, the next one replaces the temporary file. So a state.db without content is always damage.
func (s *Store) create(ctx context.Context, of Workspace) error {
	begun := &Store{path: s.path + newSuffix, scheme: s.scheme}
	for _, suffix := range databaseSuffixes {
		if err := os.Remove(begun.path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := begun.fill(ctx, of); err != nil {
		return errors.Join(err, begun.Close())
	}
	if err := begun.Close(); err != nil { // moves the log into the file and syncs it
		return err
	}
	if _, err := os.Lstat(begun.path + "-wal"); err == nil { // SQLite reports no error for this
		return errors.New("its log could not be merged into it")
	}
	if err := os.Rename(begun.path, s.path); err != nil {
		return err
	}
	return errors.Join(durable.Names(s.Dir()), syncParents(s.Dir()))
}

// removeLeftovers removes what a power loss may have left of an incomplete database beside the complete one,
// unless another program has written it.
func (s *Store) removeLeftovers() {
	for _, suffix := range databaseSuffixes {
		name := FileName + newSuffix + suffix
		if ours, err := isOurs(s.Dir(), name); ours && err == nil || isEmpty(filepath.Join(s.Dir(), name)) {
			_ = os.Remove(filepath.Join(s.Dir(), name)) // it does no harm
		}
	}
}

// fill creates the file, readable by its owner only, with the tables of a state without runs. SQLite gives
// its log and index the same permissions.
func (s *Store) fill(ctx context.Context, of Workspace) error {
	file, err := os.OpenFile(s.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(file.Close(), s.connect(writing)); err != nil {
		return err
	}
	// The file remembers these modes for all who open it later.
	if _, err := s.db.ExecContext(ctx, "PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL"); err != nil {
		return err
	}
	if err := s.migrate(ctx, 0); err != nil {
		return err
	}
	return s.recordOwner(ctx, of)
}

// syncParents syncs the directories above a directory. The directory and some of those above it may be new,
// and if a power loss took their names, the state would be lost with them. A directory that cannot be opened
// is not new.
func syncParents(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	for parent := filepath.Dir(path); parent != path; path, parent = parent, filepath.Dir(parent) {
		_ = durable.Names(parent)
	}
	return nil
}

// recordOwner records whose workspace a new file belongs to, and by which rule its event IDs are made.
func (s *Store) recordOwner(ctx context.Context, of Workspace) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO meta VALUES ('base_url', ?), ('environment_id', ?), ('id_scheme', ?)",
			of.BaseURL, strconv.FormatInt(of.EnvironmentID, 10), s.scheme)
		return err
	})
}
