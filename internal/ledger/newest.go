package ledger

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"
)

// newestKey is the name in meta of the time of the newest event that was sent, in unix seconds.
const newestKey = "newest_event"

// saveNewest saves the time of the newest event of a step, which is saved at a time, both in unix seconds;
// newest is 0 for none. A stored time that is later than the clock was written while a clock was ahead, so it
// is replaced.
func saveNewest(tx *sql.Tx, newest, at int64) error {
	if newest == 0 {
		return nil
	}
	_, err := tx.Exec(`INSERT INTO meta VALUES (?1, min(?2, ?3))
		ON CONFLICT DO UPDATE SET value = CASE WHEN CAST(value AS INTEGER) > ?3 THEN excluded.value
			ELSE max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER)) END`, newestKey, newest, at)
	return err
}

// Newest returns the time of the newest event that was sent, to the second. It is the zero time if none is
// known, or if the stored one is later than now, because a clock was wrong.
func (s *Store) Newest(ctx context.Context, now time.Time) (at time.Time, err error) {
	text, err := s.meta(ctx, newestKey)
	if errors.Is(err, sql.ErrNoRows) {
		return at, nil
	}
	var newest int64
	if err == nil {
		newest, err = strconv.ParseInt(text, 10, 64)
	}
	if err != nil {
		return at, s.wrapError("looking for the newest event in", err)
	}
	if newest > now.Unix() {
		return at, nil
	}
	return time.Unix(newest, 0).UTC(), nil
}
