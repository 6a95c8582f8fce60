package ledger

import (
	"context"
	"database/sql"
	"errors"
)

// UUIDs tells whether rows that could be sent had a uuid.
type UUIDs struct {
	With, Without bool // some had one; some had none
}

// Both reports whether there were rows with and without a uuid. Then one event may be sent twice, from a row
// of each kind.
func (u UUIDs) Both() bool { return u.With && u.Without }

// uuidsKey is the name in meta of the UUIDs of all runs, as a word of uuidWords.
const uuidsKey = "uuids"

var uuidWords = map[UUIDs]string{{With: true}: "with", {Without: true}: "without", {With: true, Without: true}: "both"}

// UUIDs returns whether the rows of all runs had uuids.
func (s *Store) UUIDs(ctx context.Context) (UUIDs, error) {
	text, err := s.meta(ctx, uuidsKey)
	if errors.Is(err, sql.ErrNoRows) {
		return UUIDs{}, nil
	}
	return uuidsOf(text), s.wrapError("reading what was sent from", err)
}

func uuidsOf(word string) UUIDs {
	for u, text := range uuidWords {
		if text == word {
			return u
		}
	}
	return UUIDs{}
}

// addUUIDs adds the UUIDs of a run's rows.
func addUUIDs(ctx context.Context, tx *sql.Tx, of UUIDs) error {
	var text string
	err := tx.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", uuidsKey).Scan(&text)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	before := uuidsOf(text)
	now := UUIDs{before.With || of.With, before.Without || of.Without}
	if now == before {
		return nil
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", uuidsKey, uuidWords[now])
	return err
}
