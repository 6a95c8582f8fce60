package ledger

import (
	"context"
	"database/sql"
	"errors"
)

// Begin records a new run, and in save what later runs restore from it; save may be nil.
//
// Runs that have not ended are replaced. What they have sent stays recorded. What they have saved for later
// runs to restore is deleted, since their sources are read again. If ctx is done, nothing is recorded.
func (s *Store) Begin(ctx context.Context, start Start, save *Restorable) (*Run, error) {
	r := &Run{Start: start, Phase: People, Positions: map[Phase]Position{}, store: s}
	err := s.transaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM learnt WHERE run IN (SELECT id FROM runs WHERE ended IS NULL)")
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE runs SET ended = ?, outcome = ? WHERE ended IS NULL", start.Began.Unix(), Replaced)
		if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, `INSERT INTO runs (command, typed, version, began, now, flags, people, rows, phase, replaces)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, start.Command, start.Typed, start.Version, start.Began.Unix(), start.Now.UnixNano(),
			start.Flags, start.People, start.Rows, People, save != nil && save.ReplacesEarlier).Scan(&r.ID)
		if err != nil {
			return err
		}
		return errors.Join(addSources(ctx, tx, r.ID, r.Sources), saveRestorable(ctx, tx, r.ID, save), addTeams(ctx, tx, r.Teams), addUUIDs(ctx, tx, r.UUIDs))
	})
	if err != nil {
		return nil, s.wrapError("beginning a run in", err)
	}
	return r, nil
}
