package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
)

// teamsKey is the name in meta of the PostHog projects whose rows were sent, as a JSON array.
const teamsKey = "team_ids"

// Teams returns the sorted team_ids of the PostHog projects whose rows runs have sent. Rows without a team_id
// count for none.
func (s *Store) Teams(ctx context.Context) (ids []int64, err error) {
	text, err := s.meta(ctx, teamsKey)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(text), &ids)
	}
	return ids, s.wrapError("reading the projects in", err)
}

// addTeams adds the projects of a run, in any order.
func addTeams(ctx context.Context, tx *sql.Tx, teams []int64) error {
	if len(teams) == 0 {
		return nil
	}
	var text string
	var ids []int64
	err := tx.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", teamsKey).Scan(&text)
	if err == nil {
		err = json.Unmarshal([]byte(text), &ids)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	ids = append(ids, teams...)
	slices.Sort(ids)
	all, err := json.Marshal(slices.Compact(ids))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", teamsKey, string(all))
	return err
}
