package ledger

import (
	"context"
	"database/sql"
	"iter"
	"time"
)

// OpenReasons counts the open rejects of all runs by reason.
func (s *Store) OpenReasons(ctx context.Context) (map[string]int64, error) {
	return s.countReasons(ctx, "SELECT reason, count(*) FROM rejects WHERE "+isOpen+" GROUP BY reason")
}

// Dismiss closes all open rejects with one reason for good, and returns how many it has closed. No run tries
// them again, and no run rejects the same rows again.
func (s *Store) Dismiss(ctx context.Context, reason string, at time.Time) (closed int64, err error) {
	err = s.transaction(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE rejects SET dismissed = ? WHERE reason = ? AND "+isOpen, at.Unix(), reason)
		if err == nil {
			closed, err = result.RowsAffected()
		}
		return err
	})
	return closed, s.wrapError("dismissing rejects in", err)
}

// AllOpenRejects yields the open rejects of all runs by reason, and those of one reason in the order in which
// runs found them. An error is the last thing yielded. The store must not be used for anything else
// meanwhile.
func (s *Store) AllOpenRejects(ctx context.Context) iter.Seq2[Reject, error] {
	return query[Reject]{
		doing: "reading the rejects in",
		text:  "SELECT phase, number, reason, text, 0 FROM rejects WHERE " + isOpen + " ORDER BY reason, run, phase, number",
		scan:  scanReject,
	}.each(ctx, s)
}
