package ledger

import (
	"context"
	"database/sql"
	"iter"
	"slices"
)

// Reject is a row or an operation that could not be sent.
type Reject struct {
	Phase  Phase
	Number uint64 // as in a Position; each is rejected at most once in a phase
	Reason string
	Key    Key    // identifies it when it comes again; zero if nothing does
	Closed bool   // listed with the rejects, but never tried again
	Text   []byte // its line of rejects.jsonl, without the line's end
}

// saveRejects saves the rejects of a step.
func (r *Run) saveRejects(tx *sql.Tx, rejects []Reject) error {
	if len(rejects) == 0 {
		return nil
	}
	add, err := tx.Prepare("INSERT INTO rejects (run, phase, number, reason, text, key, retried) VALUES (?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer add.Close()
	for _, one := range rejects {
		var key []byte
		if one.Key != (Key{}) {
			key = one.Key[:]
		}
		closed := sql.NullInt64{Int64: r.ID, Valid: one.Closed}
		_, err := add.Exec(r.ID, one.Phase, int64(one.Number), one.Reason, string(one.Text), key, closed)
		if err != nil {
			return err
		}
	}
	return nil
}

// Rejects yields the rejects of a run, and what is listed with them, in the order of their phases and
// numbers. An error is the last thing yielded. The store must not be used for anything else meanwhile.
func (r *Run) Rejects(ctx context.Context) iter.Seq2[Reject, error] {
	return query[Reject]{
		doing: "reading the rejects in",
		text:  "SELECT phase, number, reason, text, retried IS run FROM rejects WHERE run = ? ORDER BY phase, number",
		scan: func(rows *sql.Rows) (one Reject, err error) {
			var number int64
			err = rows.Scan(&one.Phase, &number, &one.Reason, &one.Text, &one.Closed)
			one.Number = uint64(number)
			return one, err
		},
	}.each(ctx, r.store, r.ID)
}

// Reasons counts the rejects of a run by reason.
func (r *Run) Reasons(ctx context.Context) (map[string]int64, error) {
	type count struct {
		reason string
		n      int64
	}
	counts := query[count]{
		doing: "counting the rejects in",
		text:  "SELECT reason, count(*) FROM rejects WHERE run = ? AND retried IS NOT run GROUP BY reason",
		scan: func(rows *sql.Rows) (c count, err error) {
			err = rows.Scan(&c.reason, &c.n)
			return c, err
		},
	}
	all := map[string]int64{}
	for one, err := range counts.each(ctx, r.store, r.ID) {
		if err != nil {
			return nil, err
		}
		all[one.reason] = one.n
	}
	return all, nil
}

// RejectKeys returns the sorted keys of what was rejected and has not been accepted since, in all runs except
// besides, which is 0 for no exception.
func (s *Store) RejectKeys(ctx context.Context, besides int64) ([]Key, error) {
	all, err := query[Key]{
		doing: "reading the rejects in",
		text:  "SELECT key FROM rejects WHERE key IS NOT NULL AND retried IS NULL AND run <> ?",
		scan: func(rows *sql.Rows) (k Key, err error) {
			var b []byte
			if err = rows.Scan(&b); err == nil && copy(k[:], b) != keySize {
				err = errKeys
			}
			return k, err
		},
	}.all(ctx, s, besides)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Key) int { return a.Compare(&b) })
	return slices.Compact(all), nil
}

// OpenRejects counts rejects that no run has tried again.
type OpenRejects struct {
	Rows, People int64
	Merges       int64    // and identifies that come after them
	Sources      []Source // with such rows, as runs have read them, by path
}

// OpenRejects returns what all runs have rejected and no run has tried again.
func (s *Store) OpenRejects(ctx context.Context) (open OpenRejects, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE phase = ?1), count(*) FILTER (WHERE phase = ?2), count(*) FILTER (WHERE phase IN (?3, ?4))
		FROM rejects WHERE retried IS NULL`, Events, People, Merges, Emails).Scan(&open.Rows, &open.People, &open.Merges)
	if err != nil {
		return open, s.wrapError("reading the rejects in", err)
	}
	open.Sources, err = query[Source]{
		doing: "reading the rejects in",
		text: `SELECT DISTINCT s.path, s.size, s.fingerprint, s.first, s.rows, s.trouble, s.modified, s.ends, s.recent
		FROM rejects r JOIN sources s ON s.run = r.run AND r.number BETWEEN s.first AND s.first + s.rows - 1
		WHERE r.phase = ? AND r.retried IS NULL ORDER BY s.path, s.run`,
		scan: func(rows *sql.Rows) (Source, error) { return scanSource(rows) },
	}.all(ctx, s, Events)
	return open, err
}
