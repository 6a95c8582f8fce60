package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// migrate brings the schema to its newest version, each version in one transaction. A copy of a file that has a schema
// already is kept beside it.
func (s *Store) migrate(ctx context.Context, from int) error {
	if from > 0 && from < len(migrations) {
		if err := s.keepCopy(ctx, from); err != nil {
			return err
		}
	}
	return s.bringUp(ctx, from)
}

// bringUp applies the migrations from a version on.
func (s *Store) bringUp(ctx context.Context, from int) error {
	for version := from; version < len(migrations); version++ {
		if err := s.apply(ctx, migrations[version], version+1); err != nil {
			return fmt.Errorf("bring it to schema %d: %w", version+1, err)
		}
	}
	return nil
}

func (s *Store) apply(ctx context.Context, m migration, version int) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, m.statements+fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d;", applicationID, version))
		if err != nil || m.then == nil {
			return err
		}
		return m.then(ctx, tx)
	})
}

// keepCopy copies the file as it is to state.db.schema1 and so on.
func (s *Store) keepCopy(ctx context.Context, version int) error {
	path := fmt.Sprintf("%s.schema%d", s.path, version)
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // an empty file is taken, with its permissions
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	_, err = s.db.ExecContext(ctx, "VACUUM INTO ?", path)
	return err
}

// lookAtCopy goes on with a copy of the file, brought to the newest schema: who only looks changes nothing. Close removes it.
func (s *Store) lookAtCopy(ctx context.Context, version int) (err error) {
	if s.scratch, err = os.MkdirTemp("", "ph2cio-state-"); err != nil {
		return err
	}
	if _, err := s.db.ExecContext(ctx, "PRAGMA query_only=0"); err != nil { // it holds for copies too
		return err
	}
	copied := &Store{path: filepath.Join(s.scratch, FileName)}
	if _, err := s.db.ExecContext(ctx, "VACUUM INTO ?", copied.path); err != nil {
		return fmt.Errorf("copy it, because an older version of ph2cio made it: %w", err)
	}
	if err := s.db.Close(); err != nil {
		return err
	}
	if err := copied.connect(""); err != nil {
		return err
	}
	s.db = copied.db
	if err := s.bringUp(ctx, version); err != nil {
		return fmt.Errorf("look at a copy: %w", err)
	}
	_, err = s.db.ExecContext(ctx, "PRAGMA query_only=1")
	return err
}

// blindRuns is the name in meta of the newest run that did not note which events it sent.
const blindRuns = "blind_runs"

// mendVersion1 puts right what the program wrote wrongly when version 1 was its schema, and notes what it did not write.
func mendVersion1(ctx context.Context, tx *sql.Tx) error {
	if err := mendValues(ctx, tx); err != nil {
		return err
	}
	return forgetBlindly(ctx, tx)
}

// mendValues takes away the quote that stood in front of each value that people were sent under.
func mendValues(ctx context.Context, tx *sql.Tx) error {
	var next int64
	for {
		var segment, mended []byte
		err := tx.QueryRowContext(ctx, "SELECT id, people FROM people WHERE id > ? ORDER BY id LIMIT 1", next).Scan(&next, &segment)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		for err == nil && len(segment) > 0 {
			var p Person
			if p, segment, err = readPerson(segment); err == nil {
				p.Value = mendedValue(p.Value)
				mended = AppendPerson(mended, &p)
			}
		}
		if err == nil {
			_, err = tx.ExecContext(ctx, "UPDATE people SET people = ? WHERE id = ?", mended, next)
		}
		if err != nil {
			return err
		}
	}
}

// mendedValue reads a value that is written as in JSON, but for the quote behind it. Any other comes back as it is.
func mendedValue(value string) string {
	var text string
	if !strings.HasPrefix(value, `"`) || json.Unmarshal([]byte(value+`"`), &text) != nil {
		return value
	}
	return text
}

// blindDays is how long before a run an event may have come without being sent: those that are recent are held.
const blindDays = 3

// forgetBlindly notes that it is not known which events were sent, if any were.
func forgetBlindly(ctx context.Context, tx *sql.Tx) error {
	var run, now sql.NullInt64
	err := tx.QueryRowContext(ctx, "SELECT max(id), max(now) FROM runs WHERE id IN (SELECT run FROM positions WHERE phase = ?)", Events).Scan(&run, &now)
	if err != nil || !run.Valid {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO meta VALUES (?, ?), (?, ?)",
		forgottenKey, DayOf(time.Unix(0, now.Int64))-blindDays, blindRuns, run.Int64)
	return err
}

// transaction does work in one transaction.
func (s *Store) transaction(ctx context.Context, work func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := work(tx); err != nil {
		_ = tx.Rollback() // the first error is the one to tell
		return err
	}
	return tx.Commit()
}
