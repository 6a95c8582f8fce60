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

// saveNewest saves the time of the newest event of a step that is saved at a time, both in unix seconds; 0
// for none. Nothing happens in the future: what is there and later than the clock says was written while a
// clock was ahead, and gives way.
func saveNewest(tx *sql.Tx, newest, at int64) error {
	if newest == 0 {
		return nil
	}
	_, err := tx.Exec(`INSERT INTO meta VALUES (?1, min(?2, ?3))
		ON CONFLICT DO UPDATE SET value = CASE WHEN CAST(value AS INTEGER) > ?3 THEN excluded.value
			ELSE max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER)) END`, newestKey, newest, at)
	return err
}

// Newest is the time of the newest event that was sent, as it was sent, to the second. It is the zero time
// when none is known, or one that is later than now: a clock was ahead when it was noted, or this one has
// been set back.
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
		return at, s.trouble("looking for the newest event in", err)
	}
	if newest > now.Unix() {
		return at, nil
	}
	return time.Unix(newest, 0).UTC(), nil
}
