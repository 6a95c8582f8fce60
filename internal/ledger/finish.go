package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// Ending says how a run ended, and what it has settled of earlier runs.
type Ending struct {
	Outcome Outcome
	At      time.Time
	Waiting []StillWaiting // the sources in which some rows no longer wait, and those in which more do
	Reread  []Source       // the sources of earlier runs with rejected rows that this run has read again, under any name
	Summary []byte         // what the run tells, a JSON object; the state keeps only the last one that is not nil
	Retried []Phase        // the phases in which this run has sent again what earlier runs had rejected
}

// Finish records that nothing is left to do. It deletes what runs before this one have saved for later runs
// to restore, if this one has saved all of it again (see Restorable), and stores the people once who were sent
// several times, when they have become many. It stops the waiting of rows as Ending.Waiting says, and closes
// the rejects of earlier runs in the phases of Ending.Retried, and those that this run has too. A file that is
// to a quarter free space becomes smaller.
//
// In the phase of events only rows that the run has read again are closed: those of Ending.Reread, and those
// of files that were repaired. A file counts as repaired if the run has read one of the same name with at
// least as many rows. A run that has sent no rejected rows again closes only the freed rows of Ending.Reread
// (see FreedSources). If ctx is done, nothing is recorded and the run stays open.
func (r *Run) Finish(ctx context.Context, end Ending) error {
	err := r.store.transaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE runs SET ended = ?, outcome = ? WHERE id = ?", end.At.Unix(), end.Outcome, r.ID)
		if err == nil && end.Summary != nil {
			_, err = tx.ExecContext(ctx, "UPDATE runs SET summary = CASE WHEN id = ? THEN ? END WHERE id = ?1 OR summary IS NOT NULL", r.ID, string(end.Summary))
		}
		if err == nil {
			err = deleteReplaced(ctx, tx, r.ID)
		}
		if err == nil {
			err = keepPeopleOnce(ctx, tx, r.ID, end.At.Unix())
		}
		if err == nil {
			err = releaseWaiting(ctx, tx, end.Waiting)
		}
		for _, phase := range end.Retried {
			if err == nil {
				err = r.closeRetried(ctx, tx, phase)
			}
		}
		switch retried := slices.Contains(end.Retried, Events); {
		case err != nil:
		case retried:
			err = r.closeReread(ctx, tx, end.Reread)
		default:
			err = r.closeFreed(ctx, tx, end.Reread)
		}
		if err == nil {
			err = r.closeRejectedAgain(ctx, tx)
		}
		return err
	})
	if err != nil {
		return r.store.wrapError("recording the end of the run in", err)
	}
	r.ended(&end)
	r.store.shrink(ctx)
	return nil
}

// closeRetried closes the rejects of earlier runs in a phase that this run has sent again.
func (r *Run) closeRetried(ctx context.Context, tx *sql.Tx, phase Phase) error {
	statement := closeRejects
	if phase == Events {
		// A repaired file may have had another name when its rows were rejected. Then the last run before
		// this one that read it to its end, under the name that it has now, read the same rows.
		statement += ` AND EXISTS (SELECT 1 FROM sources s JOIN sources n ON n.run = ?1 AND n.rows >= s.rows
			WHERE s.run = rejects.run AND rejects.number BETWEEN s.first AND s.first + s.rows - 1 AND (n.path = s.path OR s.fingerprint = (
				SELECT k.fingerprint FROM sources k WHERE k.path = n.path AND k.run < ?1 AND k.trouble IS NULL ORDER BY k.run DESC LIMIT 1)))`
	}
	_, err := tx.ExecContext(ctx, statement, r.ID, phase)
	return err
}

// closeRejectedAgain closes the rejects of earlier runs that this run has rejected too, so that what is rejected
// counts once, in whatever source and form its row was found, and each person once.
func (r *Run) closeRejectedAgain(ctx context.Context, tx *sql.Tx) error {
	for phase, columns := range map[Phase][]string{People: {"key", "person"}, Events: {"key", "event"}, Merges: {"key"}, Emails: {"key", "person"}} {
		for _, column := range columns {
			again := fmt.Sprintf(" AND %[1]s IN (SELECT %[1]s FROM rejects WHERE run = ?1 AND phase = ?2 AND %[1]s IS NOT NULL)", column)
			if _, err := tx.ExecContext(ctx, closeRejects+again, r.ID, phase); err != nil {
				return err
			}
		}
	}
	return nil
}

// closeReread closes the rejected rows of these sources, which earlier runs have read.
func (r *Run) closeReread(ctx context.Context, tx *sql.Tx, sources []Source) error {
	for _, s := range sources {
		_, err := tx.ExecContext(ctx, closeRejects+inSource, r.ID, Events, s.Path, s.Fingerprint)
		if err != nil {
			return err
		}
	}
	return nil
}

// closeRejects is the beginning of a statement; ?1 is the run and ?2 the phase.
const closeRejects = "UPDATE rejects SET retried = ?1 WHERE " + isOpen + " AND run <> ?1 AND phase = ?2"

// closeFreed closes the freed rows of these sources, which this run has read again. What became of the rows is
// counted in this run.
func (r *Run) closeFreed(ctx context.Context, tx *sql.Tx, sources []Source) error {
	for _, s := range sources {
		_, err := tx.ExecContext(ctx, "UPDATE rejects SET retried = ?1 WHERE "+isFreed+inSource, r.ID, nil, s.Path, s.Fingerprint)
		if err != nil {
			return err
		}
	}
	return nil
}

// inSource is the condition that a rejected row is in the source ?3 with the fingerprint ?4.
const inSource = ` AND EXISTS (SELECT 1 FROM sources s WHERE s.path = ?3 AND s.fingerprint = ?4
	AND s.run = rejects.run AND rejects.number BETWEEN s.first AND s.first + s.rows - 1)`
