package ledger

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"
)

// Start is what a run stores before its first request. A run that goes on after a stop uses it as it is.
type Start struct {
	Command string
	Typed   string    // what to type to go on
	Version string    // of the program
	Began   time.Time // to the second
	Now     time.Time // the run's own now
	Flags   string    // those that change what is sent, as a JSON object
	People  []byte    // stands for the people that the first reading found
	Rows    int64     // that the first reading found
	Sources []Source
	Teams   []int64 // PostHog projects that its rows are of; kept for all runs together, see Store.Teams
	UUIDs   UUIDs   // of its rows; kept for all runs together, see Store.UUIDs
}

// Source is one file of a run.
type Source struct {
	Path        string // absolute
	Size        int64  // bytes on disk
	Fingerprint string // of its rows
	First       uint64 // number of its first row in reading order over all sources
	Rows        int64
	Trouble     string // why it was not read to its end
	Modified    int64  // unix nanoseconds; 0 when unknown
	Recent      int64  // rows that are held because they are recent
	Ends        string // stands for its first and last bytes; empty when unknown
}

// Outcome is how a run ended.
type Outcome string

const (
	Done     Outcome = "done"
	Rejected Outcome = "rejects"  // done, but for rejects
	Troubled Outcome = "trouble"  // done, but for sources that could not be read to their ends
	Replaced Outcome = "replaced" // another run was begun in its place
)

// Run is one run, as far as it has been saved. Save moves it on; its other methods may be used before or after.
type Run struct {
	Start
	ID      int64
	Phase   Phase
	Ended   time.Time // the zero time while there is something left to do
	Outcome Outcome
	Saved   time.Time // when it was last saved; the zero time before

	Positions map[Phase]Position
	Counters  []byte // as Save had them last; nil before

	store *Store
}

// Begin starts a run, and keeps what it has learnt, nil for nothing. Runs that have not ended are replaced by it: what they have
// sent stays known, and what they have learnt is forgotten, since their sources are read again.
func (s *Store) Begin(ctx context.Context, start Start, learnt *Learnt) (*Run, error) {
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
		err = tx.QueryRowContext(ctx, `INSERT INTO runs (command, typed, version, began, now, flags, people, rows, phase)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`, start.Command, start.Typed, start.Version, start.Began.Unix(), start.Now.UnixNano(),
			start.Flags, start.People, start.Rows, People).Scan(&r.ID)
		if err != nil {
			return err
		}
		return errors.Join(r.addSources(ctx, tx), r.saveLearnt(ctx, tx, learnt), r.addTeams(ctx, tx), r.addUUIDs(ctx, tx))
	})
	if err != nil {
		return nil, s.trouble("beginning a run in", err)
	}
	return r, nil
}

func (r *Run) addSources(ctx context.Context, tx *sql.Tx) error {
	add, err := tx.PrepareContext(ctx, "INSERT INTO sources (run, number, path, size, fingerprint, first, rows, trouble, modified, ends, recent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer add.Close()
	for i, source := range r.Sources {
		trouble := sql.NullString{String: source.Trouble, Valid: source.Trouble != ""}
		_, err := add.ExecContext(ctx, r.ID, i, source.Path, source.Size, source.Fingerprint, int64(source.First), source.Rows, trouble,
			sql.NullInt64{Int64: source.Modified, Valid: source.Modified != 0}, sql.NullString{String: source.Ends, Valid: source.Ends != ""}, source.Recent)
		if err != nil {
			return err
		}
	}
	return nil
}

// Last returns the newest run of a command, nil when there is none.
func (s *Store) Last(ctx context.Context, command string) (*Run, error) {
	runs, err := s.runs(ctx, "WHERE command = ? ORDER BY id DESC LIMIT 1", command)
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	return runs[0], nil
}

// Runs returns the newest runs, at most so many, the newest first.
func (s *Store) Runs(ctx context.Context, most int) ([]*Run, error) {
	return s.runs(ctx, "ORDER BY id DESC LIMIT ?", most)
}

func (s *Store) runs(ctx context.Context, which string, args ...any) ([]*Run, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id, command, typed, version, began, now, flags, people, rows, phase, ended, outcome FROM runs "+which, args...)
	if err != nil {
		return nil, s.trouble("reading the runs in", err)
	}
	defer rows.Close()
	var all []*Run
	for rows.Next() {
		r, err := s.scan(rows)
		if err != nil {
			return nil, s.trouble("reading the runs in", err)
		}
		all = append(all, r)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil { // the one connection is needed below
		return nil, s.trouble("reading the runs in", err)
	}
	for _, r := range all {
		if err := errors.Join(r.readSources(ctx), r.readPositions(ctx)); err != nil {
			return nil, s.trouble("reading the runs in", err)
		}
	}
	return all, nil
}

func (s *Store) scan(rows *sql.Rows) (*Run, error) {
	r := &Run{store: s, Positions: map[Phase]Position{}}
	var began, now int64
	var ended sql.NullInt64
	var outcome sql.NullString
	err := rows.Scan(&r.ID, &r.Command, &r.Typed, &r.Version, &began, &now, &r.Flags, &r.People, &r.Rows, &r.Phase, &ended, &outcome)
	r.Began, r.Now, r.Outcome = time.Unix(began, 0).UTC(), time.Unix(0, now).UTC(), Outcome(outcome.String)
	if ended.Valid {
		r.Ended = time.Unix(ended.Int64, 0).UTC()
	}
	return r, err
}

func (r *Run) readSources(ctx context.Context) error {
	rows, err := r.store.db.QueryContext(ctx, "SELECT path, size, fingerprint, first, rows, trouble, modified, ends, recent FROM sources WHERE run = ? ORDER BY number", r.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		one, err := scanSource(rows)
		if err != nil {
			return err
		}
		r.Sources = append(r.Sources, one)
	}
	return rows.Err()
}

func (r *Run) readPositions(ctx context.Context) error {
	rows, err := r.store.db.QueryContext(ctx, "SELECT phase, next, open, counters, saved FROM positions WHERE run = ? ORDER BY phase", r.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var phase Phase
		var next, saved int64
		var open []byte
		if err := rows.Scan(&phase, &next, &open, &r.Counters, &saved); err != nil {
			return err
		}
		spans, err := decodeSpans(open)
		if err != nil {
			return err
		}
		r.Positions[phase], r.Saved = Position{uint64(next), spans}, time.Unix(saved, 0).UTC()
	}
	return rows.Err()
}

// Finish notes that nothing is left to do, and what is owed no more. Of the phases in retried the run has
// tried again what earlier ones had rejected: such rejects are then no longer open. Of rows those are of the
// sources in reread, which the run has read again by whatever names, and of ones that were mended: the run
// has read a file of the same name with as many rows at least. Once ctx is done nothing is noted, and the run
// goes on.
func (r *Run) Finish(ctx context.Context, outcome Outcome, at time.Time, settled []SettledOwed, reread []Source, retried ...Phase) error {
	err := r.store.transaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE runs SET ended = ?, outcome = ? WHERE id = ?", at.Unix(), outcome, r.ID)
		if err == nil {
			err = r.settleOwed(ctx, tx, settled)
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
		return r.store.trouble("recording the end of the run in", err)
	}
	r.Ended, r.Outcome = at, outcome
	return nil
}

func (r *Run) retried(ctx context.Context, tx *sql.Tx, phase Phase) error {
	statement := closeRejects
	if phase == Events {
		// A file that was mended may have got another name before: then the last run that read it by this one read the same rows.
		statement += ` AND EXISTS (SELECT 1 FROM sources s JOIN sources n ON n.run = ?1 AND n.rows >= s.rows
			WHERE s.run = rejects.run AND rejects.number BETWEEN s.first AND s.first + s.rows - 1 AND (n.path = s.path OR s.fingerprint = (
				SELECT k.fingerprint FROM sources k WHERE k.path = n.path AND k.run < ?1 AND k.trouble IS NULL ORDER BY k.run DESC LIMIT 1)))`
	}
	_, err := tx.ExecContext(ctx, statement, r.ID, phase)
	return err
}

// reread closes the rejects of sources, as earlier runs have read them.
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
