package ledger

import (
	"context"
	"database/sql"
	"errors"
)

// Last returns the newest run of a command, nil when there is none.
func (s *Store) Last(ctx context.Context, command string) (*Run, error) {
	runs, err := s.runsWithSources(ctx, "WHERE command = ? ORDER BY id DESC LIMIT 1", command)
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	return runs[0], nil
}

// LastRun returns the newest run, nil when there is none. Sources is nil if the run has ended: it may have
// read hundreds of thousands of files, and nothing is left to be done with them.
func (s *Store) LastRun(ctx context.Context) (*Run, error) {
	runs, err := s.runs(ctx, "ORDER BY id DESC LIMIT 1")
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	if runs[0].Ended.IsZero() {
		err = runs[0].readSources(ctx)
	}
	return runs[0], err
}

// Summary returns the last Ending.Summary that was saved, and the number of its run. Without one the text is
// nil.
func (s *Store) Summary(ctx context.Context) (run int64, text []byte, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT id, summary FROM runs WHERE summary IS NOT NULL").Scan(&run, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, nil
	}
	return run, text, s.wrapError("reading the runs in", err)
}

// Runs returns the newest runs, at most so many, the newest first.
func (s *Store) Runs(ctx context.Context, most int) ([]*Run, error) {
	return s.runsWithSources(ctx, "ORDER BY id DESC LIMIT ?", most)
}

// runsWithSources is runs, with the sources of the runs.
func (s *Store) runsWithSources(ctx context.Context, which string, args ...any) ([]*Run, error) {
	all, err := s.runs(ctx, which, args...)
	for _, r := range all {
		if err == nil {
			err = r.readSources(ctx)
		}
	}
	return all, err
}

// runs returns runs without their sources. which is the end of the statement that selects them.
func (s *Store) runs(ctx context.Context, which string, args ...any) ([]*Run, error) {
	all, err := query[*Run]{
		doing: "reading the runs in",
		text:  "SELECT id, command, typed, version, began, now, flags, people, rows, phase, ended, outcome FROM runs " + which,
		scan:  s.scanRun,
	}.all(ctx, s, args...)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if err := r.readPositions(ctx); err != nil {
			return nil, err
		}
	}
	return all, nil
}
