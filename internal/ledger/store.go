package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// FileName is the database's name in the state directory.
const FileName = "state.db"

// Workspace is the Customer.io workspace that a state directory belongs to.
type Workspace struct {
	BaseURL       string
	EnvironmentID int64
}

// Store is the open state.db of a directory. It has one connection. One that writes must be used under the
// directory's Lock.
type Store struct {
	path      string
	db        *sql.DB
	workspace Workspace
	scheme    string     // the rule that event IDs are made by
	opened    *fileState // the file as it was opened, if it is read without SQLite's locks; else nil
}

// writing are the options of a connection that writes.
const writing = "_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"

// connect opens the database. trusted_schema is off, so that a database from elsewhere cannot run code.
func (s *Store) connect(options string) error {
	path, err := filepath.Abs(s.path)
	if err != nil {
		return err
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a Windows drive
	}
	uri := url.URL{Scheme: "file", Path: path, RawQuery: "_pragma=busy_timeout(10000)&_pragma=trusted_schema(0)&_txlock=immediate&" + options}
	if s.db, err = sql.Open("sqlite", uri.String()); err != nil {
		return err
	}
	s.db.SetMaxOpenConns(1)
	return nil
}

// connectWithoutLocks opens the database without SQLite's locks, so it must not change meanwhile.
func (s *Store) connectWithoutLocks() error {
	opened, err := statFile(s.path)
	if err != nil {
		return err
	}
	s.opened = &opened
	return s.connect("mode=ro&immutable=1")
}

// transaction runs work in one transaction. If ctx is done it saves nothing and returns the error of ctx,
// whatever the running statement returned.
func (s *Store) transaction(ctx context.Context, work func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	err = work(tx)
	if err == nil {
		err = tx.Commit()
	} else {
		_ = tx.Rollback() // the first error is the one to return
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// meta returns a value of the table meta. The error is sql.ErrNoRows when the key has none.
func (s *Store) meta(ctx context.Context, key string) (value string, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", key).Scan(&value)
	return value, err
}

// Dir returns the state directory.
func (s *Store) Dir() string { return filepath.Dir(s.path) }

// Workspace returns the workspace that the directory belongs to.
func (s *Store) Workspace() Workspace { return s.workspace }

// readWorkspace reads which workspace the directory belongs to, for a state that may be of any.
func (s *Store) readWorkspace(ctx context.Context) (err error) {
	s.workspace, err = s.owner(ctx)
	return err
}

// Close closes the database. An error does not undo what was saved.
func (s *Store) Close() error {
	if s == nil || s.db == nil {
		return nil
	}
	err := s.db.Close()
	s.db = nil
	if s.opened != nil && err == nil {
		err = s.opened.unchanged(s.path)
	}
	return s.wrapError("closing", err)
}

// wrapError wraps an error of the database in a *StateError. Nil stays nil, and a cancellation becomes an
// error that wraps context.Canceled.
func (s *Store) wrapError(doing string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*StateError](err); ok {
		return err
	}
	if cancelled(err) {
		return fmt.Errorf("%s %s: %w", doing, s.path, context.Canceled)
	}
	advice := adviceFor(s.path, err)
	if advice == damagedAdvice {
		return &StateError{Path: s.path, Err: fmt.Errorf("is damaged: %w", err), Advice: advice, Damage: true}
	}
	return &StateError{Path: s.path, Doing: doing, Err: err, Advice: advice}
}

// refuse returns the error for a database that must not be used, with advice.
func (s *Store) refuse(why, advice string) error {
	return refuseFile(s.path, why, advice)
}

// refuseFile is refuse for the database or a file beside it.
func refuseFile(path, why, advice string) error {
	return &StateError{Path: path, Err: errors.New(why), Advice: advice}
}

// damaged returns the error for a damaged database.
func (s *Store) damaged(why string) error {
	return &StateError{Path: s.path, Err: errors.New("is damaged: " + why), Advice: damagedAdvice, Damage: true}
}

// fileState is the size and the modification time of a database at one moment, to detect later changes.
type fileState struct {
	size     int64
	modified time.Time
	hasLog   bool // changes are in the log beside it
}

func statFile(path string) (fileState, error) {
	info, err := os.Stat(path)
	if err != nil {
		return fileState{}, err
	}
	_, err = os.Lstat(path + "-wal")
	return fileState{info.Size(), info.ModTime(), err == nil}, nil
}

// unchanged returns an error if the database was changed since.
func (s *fileState) unchanged(path string) error {
	now, err := statFile(path)
	if err == nil && now != *s {
		err = errors.New("a run changed it in the meantime; run the command again")
	}
	return err
}
