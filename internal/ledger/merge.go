package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Merge is the merge of one profile into another one. It cannot be undone.
type Merge struct {
	Number                   uint64 // in the run's sending order
	PrimaryKind, Primary     string // the profile that stays
	SecondaryKind, Secondary string

	ID   int64 // for Step.Merged
	Done bool  // by this run or one before: not to be sent again
}

// RecordMerges records merges before any of them is sent, and fills in their ID and Done. Merges that an
// earlier run has recorded and not done pass to this run.
func (r *Run) RecordMerges(ctx context.Context, merges []Merge, at time.Time) error {
	err := r.store.transaction(ctx, func(tx *sql.Tx) error {
		add, err := tx.PrepareContext(ctx, `INSERT INTO merges (run, number, primary_kind, primary_value, secondary_kind, secondary_value, intended)
			VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET run = excluded.run, number = excluded.number WHERE done IS NULL`)
		if err != nil {
			return err
		}
		defer add.Close()
		find, err := tx.PrepareContext(ctx, `SELECT id, done IS NOT NULL FROM merges
			WHERE secondary_kind = ? AND secondary_value = ? AND primary_kind = ? AND primary_value = ?`)
		if err != nil {
			return err
		}
		defer find.Close()
		for i := range merges {
			m := &merges[i]
			_, err := add.ExecContext(ctx, r.ID, int64(m.Number), m.PrimaryKind, m.Primary, m.SecondaryKind, m.Secondary, at.Unix())
			if err != nil {
				return err
			}
			err = find.QueryRowContext(ctx, m.SecondaryKind, m.Secondary, m.PrimaryKind, m.Primary).Scan(&m.ID, &m.Done)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return r.store.wrapError("recording merges in", err)
}

// MergesDone returns the numbers of the merges that this run has done.
func (r *Run) MergesDone(ctx context.Context) ([]int64, error) {
	return query[int64]{
		doing: "reading the merges in", text: "SELECT number FROM merges WHERE run = ? AND done IS NOT NULL", scan: scanValue[int64],
	}.all(ctx, r.store, r.ID)
}

// Profile is a profile by its identifier.
type Profile struct{ Kind, Value string }

// Merged returns the profiles that all runs except besides have merged into others, with the profile that each
// was merged into; besides is 0 for no exception.
func (s *Store) Merged(ctx context.Context, besides int64) (map[Profile]Profile, error) {
	all := map[Profile]Profile{}
	merged := query[[2]Profile]{
		doing: "reading the merges in",
		text: `SELECT secondary_kind, secondary_value, primary_kind, primary_value FROM merges
			WHERE done IS NOT NULL AND run <> ? ORDER BY id`,
		scan: func(rows *sql.Rows) (p [2]Profile, err error) {
			err = rows.Scan(&p[0].Kind, &p[0].Value, &p[1].Kind, &p[1].Value)
			return p, err
		},
	}
	for one, err := range merged.each(ctx, s, besides) {
		if err != nil {
			return nil, err
		}
		all[one[0]] = one[1]
	}
	return all, nil
}

// PendingMerges returns the merges that were recorded and not done, and those that this run has done since,
// in the order in which they were first recorded. run is 0 for a run that has not begun.
func (s *Store) PendingMerges(ctx context.Context, run int64) ([]Merge, error) {
	return query[Merge]{
		doing: "reading the merges in",
		text:  "SELECT primary_kind, primary_value, secondary_kind, secondary_value FROM merges WHERE done IS NULL OR run = ? ORDER BY id",
		scan: func(rows *sql.Rows) (m Merge, err error) {
			err = rows.Scan(&m.PrimaryKind, &m.Primary, &m.SecondaryKind, &m.Secondary)
			return m, err
		},
	}.all(ctx, s, run)
}
