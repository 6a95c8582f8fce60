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

	Manifests []Manifest // those of exports all of whose files this run and earlier ones have read
}

// Finish records that nothing is left to do. It deletes what runs before this one have saved for later runs
// to restore, if this one has saved all of it again (see Restorable), and stores the people once who were
// sent several times, when they have become many. It stops the waiting of rows as Ending.Waiting says, and
// closes the rejects of earlier runs in the phases of Ending.Retried, and those that this run has too. The
// file becomes smaller if more than a quarter of it is free.
//
// In the phase of events only rows that the run has read again are closed: those of Ending.Reread, and those
// of files that were repaired. A file counts as repaired if the run has read one of the same name with at
// least as many rows. A run that has sent no rejected rows again closes only the freed rows of Ending.Reread
// (see FreedSources). If ctx is done, nothing is recorded and the run stays open.
func (r *Run) Finish(ctx context.Context, end Ending) error {
	rows, err := r.triedAgain(ctx, &end)
	if err != nil {
		return err
	}
	err = r.store.transaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE runs SET ended = ?, outcome = ? WHERE id = ?", end.At.Unix(), end.Outcome, r.ID)
		if err == nil && end.Summary != nil {
			_, err = tx.ExecContext(ctx, "UPDATE runs SET summary = CASE WHEN id = ?1 THEN ?2 END WHERE id = ?1 OR summary IS NOT NULL", r.ID, string(end.Summary))
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
		if err == nil {
			err = r.closeTriedAgain(ctx, tx, end.Retried, rows)
		}
		if err == nil {
			err = r.closeRejectedAgain(ctx, tx)
		}
		if err == nil {
			err = saveManifests(ctx, tx, end.Manifests)
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

// triedAgain returns the sources, as earlier runs have read them, whose rejected rows Finish closes: those of
// Ending.Reread and, if the run has sent rejected rows again, those of repaired files.
func (r *Run) triedAgain(ctx context.Context, end *Ending) (all []SourceOfRun, err error) {
	for _, one := range end.Reread {
		read, err := query[SourceOfRun]{
			doing: "reading the rejects in",
			text:  "SELECT first, rows, run FROM sources WHERE path = ? AND fingerprint = ? AND run <> ?",
			scan: func(rows *sql.Rows) (s SourceOfRun, err error) {
				err = rows.Scan(&s.First, &s.Rows, &s.Run)
				return s, err
			},
		}.all(ctx, r.store, one.Path, one.Fingerprint, r.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, read...)
	}
	if !slices.Contains(end.Retried, Events) {
		return all, nil
	}
	repaired, err := r.repaired(ctx)
	return append(all, repaired...), err
}

// readNow is a source that this run has read.
type readNow struct {
	path   string
	rows   int64
	before sql.NullString // the fingerprint of the source of that name when an earlier run read it to its end last
}

// repaired returns the sources with open rejects that seem to be repaired, as Finish says. A repaired file
// may have had another name when its rows were rejected. Then the last run before this one that read it to
// its end, under the name that it has now, read the same rows.
func (r *Run) repaired(ctx context.Context) ([]SourceOfRun, error) {
	rejected, err := r.store.sourcesWithRejects(ctx, "run <> ?1 AND "+isOpen, r.ID)
	if err != nil || len(rejected) == 0 {
		return nil, err
	}
	most := map[string]int64{}   // rows that this run has read, by path
	mostOf := map[string]int64{} // the same by readNow.before
	for one, err := range (query[readNow]{
		doing: "reading the runs in",
		text: `SELECT n.path, n.rows, (SELECT k.fingerprint FROM sources k WHERE k.path = n.path AND k.run < ?1 AND k.trouble IS NULL
			ORDER BY k.run DESC LIMIT 1) FROM sources n WHERE n.run = ?1`,
		scan: func(rows *sql.Rows) (n readNow, err error) {
			err = rows.Scan(&n.path, &n.rows, &n.before)
			return n, err
		},
	}).each(ctx, r.store, r.ID) {
		if err != nil {
			return nil, err
		}
		most[one.path] = max(most[one.path], one.rows)
		if one.before.Valid {
			mostOf[one.before.String] = max(mostOf[one.before.String], one.rows)
		}
	}
	return slices.DeleteFunc(rejected, func(s SourceOfRun) bool { return max(most[s.Path], mostOf[s.Fingerprint]) < s.Rows }), nil
}

// closeTriedAgain closes the rejects of earlier runs that this run has tried again: all of the phases besides
// that of events, and the rejected rows of sources. If it has not tried rejected rows again, only freed rows
// are closed; what became of those is counted in this run.
func (r *Run) closeTriedAgain(ctx context.Context, tx *sql.Tx, phases []Phase, rows []SourceOfRun) error {
	condition := isFreed
	for _, phase := range phases {
		if phase == Events {
			condition = isOpen
			continue
		}
		if _, err := tx.ExecContext(ctx, closeRejects, r.ID, phase); err != nil {
			return err
		}
	}
	for _, s := range rows {
		_, err := tx.ExecContext(ctx, "UPDATE rejects SET retried = ?1 WHERE run = ?2 AND phase = 2 AND number BETWEEN ?3 AND ?4 AND "+condition,
			r.ID, s.Run, int64(s.First), int64(s.First)+s.Rows-1)
		if err != nil {
			return err
		}
	}
	return nil
}

// closeRejectedAgain closes the rejects of earlier runs that this run has rejected too, so that what is
// rejected counts once, in whatever source and form its row was found, and each person once.
func (r *Run) closeRejectedAgain(ctx context.Context, tx *sql.Tx) error {
	by := map[Phase][]string{People: {"key", "person"}, Events: {"key", "event"}, Merges: {"key"}, Emails: {"key", "person"}}
	for phase, columns := range by {
		var has bool
		if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM rejects WHERE run = ? AND phase = ?)", r.ID, phase).Scan(&has); err != nil {
			return err
		}
		if !has {
			continue // the statements below would read all open rejects
		}
		for _, column := range columns {
			again := fmt.Sprintf(" AND %[1]s IN (SELECT %[1]s FROM rejects WHERE run = ?1 AND phase = ?2 AND %[1]s IS NOT NULL)", column)
			if _, err := tx.ExecContext(ctx, closeRejects+again, r.ID, phase); err != nil {
				return err
			}
		}
	}
	return nil
}

// closeRejects is the beginning of a statement; ?1 is the run and ?2 the phase.
const closeRejects = "UPDATE rejects SET retried = ?1 WHERE " + isOpen + " AND run <> ?1 AND phase = ?2"
