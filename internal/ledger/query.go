package ledger

import (
	"context"
	"database/sql"
	"iter"
)

// query yields what scan makes of each row of a result. doing describes the query in errors. As there is only
// one connection, no other query may run until the loop over the result has ended.
func query[T any](ctx context.Context, s *Store, doing string, scan func(*sql.Rows) (T, error), text string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := s.db.QueryContext(ctx, text, args...)
		if err != nil {
			yield(none, s.wrapError(doing, err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			one, err := scan(rows)
			if err != nil {
				yield(none, s.wrapError(doing, err))
				return
			}
			if !yield(one, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, s.wrapError(doing, err))
		}
	}
}
