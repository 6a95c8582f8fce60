package ledger

import (
	"context"
	"database/sql"
	"slices"
)

// RejectKeys returns the keys of what runs have rejected and nobody has taken since, sorted, but for those of one run, 0 for none.
func (s *Store) RejectKeys(ctx context.Context, besides int64) ([]Key, error) {
	var all []Key
	for key, err := range query(ctx, s, "reading the rejects in", func(rows *sql.Rows) (k Key, err error) {
		var b []byte
		if err = rows.Scan(&b); err == nil && copy(k[:], b) != keySize {
			err = errKeys
		}
		return k, err
	}, "SELECT key FROM rejects WHERE key IS NOT NULL AND retried IS NULL AND run <> ?", besides) {
		if err != nil {
			return nil, err
		}
		all = append(all, key)
	}
	slices.SortFunc(all, func(a, b Key) int { return a.Compare(&b) })
	return slices.Compact(all), nil
}

// OpenRejects are what runs have rejected and none has tried again since.
type OpenRejects struct {
	Rows, People int64
	Merges       int64    // and identifies that come after them
	Sources      []Source // those that have such rows, as runs have read them, in the order of their paths
}

// OpenRejects counts them.
func (s *Store) OpenRejects(ctx context.Context) (open OpenRejects, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE phase = ?1), count(*) FILTER (WHERE phase = ?2), count(*) FILTER (WHERE phase IN (?3, ?4))
		FROM rejects WHERE retried IS NULL`, Events, People, Merges, Emails).Scan(&open.Rows, &open.People, &open.Merges)
	if err != nil {
		return open, s.trouble("reading the rejects in", err)
	}
	for one, err := range query(ctx, s, "reading the rejects in", func(rows *sql.Rows) (Source, error) { return scanSource(rows) },
		`SELECT DISTINCT s.path, s.size, s.fingerprint, s.first, s.rows, s.trouble, s.modified, s.ends, s.recent
		FROM rejects r JOIN sources s ON s.run = r.run AND r.number BETWEEN s.first AND s.first + s.rows - 1
		WHERE r.phase = ? AND r.retried IS NULL ORDER BY s.path, s.run`, Events) {
		if err != nil {
			return open, err
		}
		open.Sources = append(open.Sources, one)
	}
	return open, nil
}
