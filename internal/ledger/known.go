package ledger

import (
	"context"
	"database/sql"
	"iter"
)

// Rejects yields the rejects of a run, and what is listed with them, in the order of their phases and numbers. An error is the last thing yielded. Nothing
// else may be asked of the store meanwhile.
func (r *Run) Rejects(ctx context.Context) iter.Seq2[Reject, error] {
	return query(ctx, r.store, "reading the rejects in", func(rows *sql.Rows) (one Reject, err error) {
		var number int64
		err = rows.Scan(&one.Phase, &number, &one.Reason, &one.Text, &one.Closed)
		one.Number = uint64(number)
		return one, err
	}, "SELECT phase, number, reason, text, retried IS run FROM rejects WHERE run = ? ORDER BY phase, number", r.ID)
}

// Reasons counts the rejects of a run by reason.
func (r *Run) Reasons(ctx context.Context) (map[string]int64, error) {
	type count struct {
		reason string
		n      int64
	}
	all := map[string]int64{}
	for one, err := range query(ctx, r.store, "counting the rejects in", func(rows *sql.Rows) (c count, err error) {
		err = rows.Scan(&c.reason, &c.n)
		return c, err
	}, "SELECT reason, count(*) FROM rejects WHERE run = ? AND retried IS NOT run GROUP BY reason", r.ID) {
		if err != nil {
			return nil, err
		}
		all[one.reason] = one.n
	}
	return all, nil
}

// OwesBefore reports whether anything is owed by runs before one.
func (s *Store) OwesBefore(ctx context.Context, run int64) (owes bool, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM owed WHERE run < ?)", run).Scan(&owes)
	return owes, s.trouble("looking for waiting rows in", err)
}

// People yields the people whose identify was accepted by runs other than one, 0 for none, in the order of acceptance; one who
// was sent again comes again. An error is the last thing yielded.
func (s *Store) People(ctx context.Context, besides int64) iter.Seq2[Person, error] {
	segments := query(ctx, s, "reading the people in", func(rows *sql.Rows) (b []byte, err error) {
		err = rows.Scan(&b)
		return b, err
	}, "SELECT people FROM people WHERE run <> ? ORDER BY id", besides)
	return func(yield func(Person, error) bool) {
		for segment, err := range segments {
			for err == nil && len(segment) > 0 {
				var p Person
				if p, segment, err = readPerson(segment); err == nil && !yield(p, nil) {
					return
				}
			}
			if err != nil {
				yield(Person{}, s.trouble("reading the people in", err))
				return
			}
		}
	}
}

// query yields what scan makes of each row of an answer.
func query[T any](ctx context.Context, s *Store, doing string, scan func(*sql.Rows) (T, error), text string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := s.db.QueryContext(ctx, text, args...)
		if err != nil {
			yield(none, s.trouble(doing, err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			one, err := scan(rows)
			if err != nil {
				yield(none, s.trouble(doing, err))
				return
			}
			if !yield(one, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, s.trouble(doing, err))
		}
	}
}
