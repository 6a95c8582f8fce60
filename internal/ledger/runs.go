package ledger

import (
	"context"
	"errors"
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
