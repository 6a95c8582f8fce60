package ledger

import (
	"context"
	"database/sql"
	"iter"
)

// query is a question to the database. Each row of the answer becomes a T.
type query[T any] struct {
	doing string // what errors say was being done, such as "reading the people in"
	text  string
	scan  func(*sql.Rows) (T, error)
}

// each asks the question and yields the rows of the answer. An error is the last thing yielded. The store has
// only one connection, so it must not be used for anything else until the loop over the rows has ended.
func (q query[T]) each(ctx context.Context, s *Store, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := s.db.QueryContext(ctx, q.text, args...)
		if err != nil {
			yield(none, s.wrapError(q.doing, err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			one, err := q.scan(rows)
			if err != nil {
				yield(none, s.wrapError(q.doing, err))
				return
			}
			if !yield(one, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, s.wrapError(q.doing, err))
		}
	}
}

// all asks the question and returns the rows of the answer, none after an error.
func (q query[T]) all(ctx context.Context, s *Store, args ...any) (all []T, err error) {
	for one, err := range q.each(ctx, s, args...) {
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// scanValue reads a row that has one column.
func scanValue[T any](rows *sql.Rows) (value T, err error) {
	err = rows.Scan(&value)
	return value, err
}
