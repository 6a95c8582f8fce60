package ledger

import "context"

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

// runs returns complete runs. which is the end of the statement that selects them.
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
		if err := r.readRest(ctx); err != nil {
			return nil, err
		}
	}
	return all, nil
}
