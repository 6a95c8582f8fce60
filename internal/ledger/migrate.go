package ledger

import (
	"context"
	"database/sql"
	"fmt"
)

// migrate brings the schema from a version to the newest, with a transaction for each step.
func (s *Store) migrate(ctx context.Context, from int) error {
	for version := from; version < len(migrations); version++ {
		if err := s.apply(ctx, version+1); err != nil {
			return fmt.Errorf("setting up schema %d: %w", version+1, err)
		}
	}
	return nil
}

// apply brings the schema to a version from the one before.
func (s *Store) apply(ctx context.Context, version int) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		marks := fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d;", applicationID, version)
		if _, err := tx.ExecContext(ctx, migrations[version-1]+marks); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
			formKey, formOf(version))
		return err
	})
}
