package ledger

import (
	"context"
	"database/sql"
	"slices"
)

// RejectKeys returns the keys of what runs have rejected and nobody has taken since, sorted, but for those of one run, 0 for none.
func (s *Store) RejectKeys(ctx context.Context, besides int64) ([]Key, error) {
	var all []Key
	for key, err := range query(ctx, s, "read the rejects of", func(rows *sql.Rows) (k Key, err error) {
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
