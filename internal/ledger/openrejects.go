package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
)

// isOpen is the condition that a reject is still to be fixed.
const isOpen = "retried IS NULL AND sent IS NULL AND dismissed IS NULL"

// isFreed is the condition that runs other than ?1 have rejected a row only because its person was, and have
// sent the person since. Such a row can be sent. What ?1 itself did does not matter, so that a resumed run
// finds what it found when it began.
const isFreed = `phase = 2 AND run <> ?1 AND person IS NOT NULL AND retried IS NULL AND (sent IS NULL OR sent = ?1) AND dismissed IS NULL
	AND NOT EXISTS (SELECT 1 FROM rejects p WHERE p.person = rejects.person AND p.phase = 1 AND p.run <> ?1 AND p.retried IS NULL AND (p.sent IS NULL OR p.sent = ?1))`

// isNeeded is the condition that a reject is of a person with whom rows were rejected that are open. As with
// isFreed, what the run ?1 itself did does not matter.
const isNeeded = `(phase = 1 AND EXISTS (SELECT 1 FROM rejects r WHERE r.person = rejects.person AND r.phase = 2 AND r.run <> ?1
	AND r.retried IS NULL AND (r.sent IS NULL OR r.sent = ?1) AND r.dismissed IS NULL))`

// SourceOfRun is a source as a run has read it.
type SourceOfRun struct {
	Source
	Run int64
}

// FreedSources returns the sources with rows that were rejected only because their person was, if a run other
// than besides has sent the person since. They are as the runs that rejected the rows have read them, by path.
// besides is 0 for no exception.
func (s *Store) FreedSources(ctx context.Context, besides int64) ([]SourceOfRun, error) {
	return s.sourcesWithRejects(ctx, isFreed, besides)
}

// NotRetried returns how many rejected rows are open that runs other than besides have rejected, and the
// paths of their sources.
func (s *Store) NotRetried(ctx context.Context, besides int64) (n int64, paths []string, err error) {
	const condition = "phase = 2 AND run <> ?1 AND " + isOpen
	if err := s.db.QueryRowContext(ctx, "SELECT count(*) FROM rejects WHERE "+condition, besides).Scan(&n); err != nil || n == 0 {
		return 0, nil, s.wrapError("reading the rejects in", err)
	}
	sources, err := s.sourcesWithRejects(ctx, condition, besides)
	for _, one := range sources {
		paths = append(paths, one.Path)
	}
	return n, slices.Compact(paths), err
}

// rejectedRow is a row by the run that rejected it.
type rejectedRow struct{ run, number int64 }

// sourcesWithRejects returns the sources with rejected rows that a condition holds for, as the runs that
// rejected them have read them, by path. The condition may name besides as ?1.
func (s *Store) sourcesWithRejects(ctx context.Context, condition string, besides int64) (sources []SourceOfRun, err error) {
	rows, err := query[rejectedRow]{
		doing: "reading the rejects in",
		text:  selectRejectedRows(condition),
		scan: func(rows *sql.Rows) (r rejectedRow, err error) {
			err = rows.Scan(&r.run, &r.number)
			return r, err
		},
	}.all(ctx, s, besides)
	slices.SortFunc(rows, func(a, b rejectedRow) int { return cmp.Or(cmp.Compare(a.run, b.run), cmp.Compare(a.number, b.number)) })
	for len(rows) > 0 && err == nil {
		end := slices.IndexFunc(rows, func(r rejectedRow) bool { return r.run != rows[0].run })
		if end < 0 {
			end = len(rows)
		}
		var of []Source
		of, err = s.sourcesOf(ctx, rows[0].run)
		sources, rows = appendWithRows(sources, of, rows[:end]), rows[end:]
	}
	slices.SortStableFunc(sources, func(a, b SourceOfRun) int { return cmp.Compare(a.Path, b.Path) })
	return sources, err
}

// selectRejectedRows selects the rejected rows that a condition holds for. The order is left open, because the
// database would read all rejects in their order rather than use an index.
func selectRejectedRows(condition string) string {
	return "SELECT run, number FROM rejects WHERE phase = 2 AND " + condition + " AND ?1 IS NOT NULL"
}

// appendWithRows appends those sources of a run that have one of its rows. Both are in reading order. There
// is at least one row.
func appendWithRows(to []SourceOfRun, of []Source, rows []rejectedRow) []SourceOfRun {
	run := rows[0].run
	for _, one := range of {
		n := 0
		for n < len(rows) && rows[n].number < int64(one.First)+one.Rows {
			n++
		}
		if n > 0 {
			to = append(to, SourceOfRun{one, run})
		}
		rows = rows[n:]
	}
	return to
}
