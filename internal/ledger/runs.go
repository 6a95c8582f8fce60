package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

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
		return nil, s.wrapError("reading the runs in", err)
	}
	defer rows.Close()
	var all []*Run
	for rows.Next() {
		r, err := s.scan(rows)
		if err != nil {
			return nil, s.wrapError("reading the runs in", err)
		}
		all = append(all, r)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil { // the one connection is needed below
		return nil, s.wrapError("reading the runs in", err)
	}
	for _, r := range all {
		if err := errors.Join(r.readSources(ctx), r.readPositions(ctx)); err != nil {
			return nil, s.wrapError("reading the runs in", err)
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
