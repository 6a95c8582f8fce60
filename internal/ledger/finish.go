package ledger

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// Finish records that nothing is left to do, and removes rows that no longer wait from the sources in
// waiting. reread lists the sources that the run has read again, under any name.
//
// The run has sent again what earlier runs had rejected in the phases of retried, so it closes those rejects.
// It also closes the rejected rows of sources in reread, and of sources that were repaired: the run has read
// a file of the same name with at least as many rows. If ctx is done nothing is recorded and the run stays
// open.
func (r *Run) Finish(ctx context.Context, outcome Outcome, at time.Time, waiting []StillWaiting, reread []Source, retried ...Phase) error {
	err := r.store.transaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE runs SET ended = ?, outcome = ? WHERE id = ?", at.Unix(), outcome, r.ID)
		if err == nil {
			err = releaseWaiting(ctx, tx, waiting)
		}
		for _, phase := range retried {
			if err == nil {
				err = r.retried(ctx, tx, phase)
			}
		}
		if err == nil && slices.Contains(retried, Events) {
			err = r.reread(ctx, tx, reread)
		}
		return err
	})
	if err != nil {
		return r.store.wrapError("recording the end of the run in", err)
	}
	r.Ended, r.Outcome = at, outcome
	return nil
}

func (r *Run) retried(ctx context.Context, tx *sql.Tx, phase Phase) error {
	statement := closeRejects
	if phase == Events {
		// A repaired file may have had another name before. The last run that read it under this name read
		// the same rows.
		statement += ` AND EXISTS (SELECT 1 FROM sources s JOIN sources n ON n.run = ?1 AND n.rows >= s.rows
			WHERE s.run = rejects.run AND rejects.number BETWEEN s.first AND s.first + s.rows - 1 AND (n.path = s.path OR s.fingerprint = (
				SELECT k.fingerprint FROM sources k WHERE k.path = n.path AND k.run < ?1 AND k.trouble IS NULL ORDER BY k.run DESC LIMIT 1)))`
	}
	_, err := tx.ExecContext(ctx, statement, r.ID, phase)
	return err
}

// reread closes the rejects that earlier runs recorded for these sources.
func (r *Run) reread(ctx context.Context, tx *sql.Tx, sources []Source) error {
	for _, s := range sources {
		_, err := tx.ExecContext(ctx, closeRejects+` AND EXISTS (SELECT 1 FROM sources s WHERE s.path = ?3 AND s.fingerprint = ?4
			AND s.run = rejects.run AND rejects.number BETWEEN s.first AND s.first + s.rows - 1)`, r.ID, Events, s.Path, s.Fingerprint)
		if err != nil {
			return err
		}
	}
	return nil
}

const closeRejects = "UPDATE rejects SET retried = ?1 WHERE retried IS NULL AND run <> ?1 AND phase = ?2"
